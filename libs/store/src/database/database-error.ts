import { AppError, type Json } from "@tandem/kernel";
import pg from "pg";

/** What PostgreSQL (through pg or Prisma) says about a failure, as far as we go by it. */
export interface DatabaseFault {
  /** SQLSTATE; null when the server did not answer. */
  readonly sqlState: string | null;
  readonly constraint: string | null;
  readonly message: string;
  readonly isConnectionLost: boolean;
}

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK = "40P01";
/** What pg and its pool say when the connection is the trouble; they give no code. */
const LOST =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after|timeout exceeded when trying to connect|timeout expired|Query read timeout)/;
const LOST_SOCKET = /^(ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_AGAIN)/;
/** Prisma: cannot reach, closed, no connection from the pool, transaction not obtained in time. */
const PRISMA_LOST = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** Reads a failure of either driver; null for an error that is not the database's (one that the work itself threw). */
export function readFault(error: unknown): DatabaseFault | null {
  if (!(error instanceof Error) || error instanceof AppError) return null;
  const facts = error as DriverError;
  const code = typeof facts.code === "string" ? facts.code : "";
  const isPrisma =
    PRISMA_CODE.test(code) || error.name.startsWith("PrismaClient") || error.name === "DriverAdapterError";
  const prisma =
    facts.meta?.driverAdapterError?.cause ?? (isPrisma ? (facts.cause as PrismaCause | undefined) : undefined);
  const sqlState = error instanceof pg.DatabaseError ? code : (prisma?.originalCode ?? sqlStateOf(code));
  const isConnectionLost = sqlState === null ? isLost(code, error.message) : LOST_STATE.test(sqlState);
  if (!isPrisma && sqlState === null && !isConnectionLost) return null;
  return {
    sqlState,
    constraint: facts.constraint ?? constraintOf(prisma),
    message: prisma?.originalMessage ?? error.message,
    isConnectionLost,
  };
}

const PRISMA_CODE = /^P\d{4}$/;
/** Connection exceptions, operator intervention (shut down, terminated), insufficient resources. */
const LOST_STATE = /^(08|57P0|53)/;

type DriverError = Error & {
  code?: unknown;
  constraint?: string;
  cause?: unknown;
  meta?: { driverAdapterError?: { cause?: PrismaCause } };
};

interface PrismaCause {
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly constraint?: { readonly index?: string; readonly fields?: readonly string[] };
}

const sqlStateOf = (prismaCode: string): string | null =>
  ({ P2002: "23505", P2003: "23503", P2034: SERIALIZATION_FAILURE })[prismaCode] ?? null;

/** The driver adapter names the index or only the fields; the message of PostgreSQL always names the constraint. */
const constraintOf = (cause: PrismaCause | undefined): string | null =>
  cause?.constraint?.index ?? /constraint "([^"]+)"/.exec(cause?.originalMessage ?? "")?.[1] ?? null;

const isLost = (code: string, message: string): boolean =>
  PRISMA_LOST.has(code) || LOST_SOCKET.test(code) || LOST.test(message);

/** True for failures that leave nothing behind and may succeed when the whole transaction is done again. */
export const isSerializationFailure = (error: unknown): boolean =>
  [SERIALIZATION_FAILURE, DEADLOCK].includes(readFault(error)?.sqlState ?? "");

/** Which constraint a unique violation is about; null for every other failure. */
export function violatedUnique(error: unknown): string | null {
  const fault = readFault(error);
  return fault?.sqlState === "23505" ? (fault.constraint ?? "") : null;
}

/**
 * A database failure in our terms; what is not one stays as it is. `outcome` tells whether the transaction may have happened:
 * `unknown` only when the connection broke while committing.
 */
export function asAppError(error: unknown, outcome: "none" | "unknown" = "none"): unknown {
  const fault = readFault(error);
  if (fault === null) return error;
  if (fault.isConnectionLost) return unavailable(fault, outcome, error);
  if (fault.sqlState === "55P03" || fault.sqlState === "57014") return unavailable(fault, "none", error);
  if (isSerializationFailure(error)) return unavailable(fault, "none", error);
  if (fault.sqlState === "23503")
    return failed("invalid_input", "It names something that does not exist.", fault, error);
  if (fault.sqlState === "23505") return failed("already_exists", "It exists already.", fault, error);
  if (fault.sqlState === "22P02" || fault.sqlState === "22P05")
    return failed("invalid_input", "A value is not acceptable to the database.", fault, error);
  if (fault.sqlState === "42501")
    return failed("forbidden", "The database refuses this to the present identity.", fault, error);
  return failed("internal", "The database refused a statement.", fault, error);
}

function unavailable(fault: DatabaseFault, outcome: string, cause: unknown): AppError {
  return new AppError("database_unavailable", "The database did not complete the transaction.", {
    retryable: true,
    details: { outcome, sqlState: fault.sqlState },
    cause,
  });
}

function failed(
  code: "invalid_input" | "already_exists" | "forbidden" | "internal",
  message: string,
  fault: DatabaseFault,
  cause: unknown,
) {
  const details: Record<string, Json> = { sqlState: fault.sqlState };
  if (fault.constraint !== null) details["constraint"] = fault.constraint;
  return new AppError(code, message, { details, cause });
}
