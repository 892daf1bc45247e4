import { AppError, type Json } from "@tandem/kernel";

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
const LOST =
  /terminat|ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|timeout exceeded|not queryable|closed the connection|Connection ended/i;
/** Prisma: cannot reach, closed, no connection from the pool, transaction not obtained in time. */
const PRISMA_LOST = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** Reads a failure of either driver; null when it is not the database's. */
export function readFault(error: unknown): DatabaseFault | null {
  if (!(error instanceof Error) || error instanceof AppError) return null;
  const facts = error as Error & {
    code?: unknown;
    constraint?: string;
    cause?: unknown;
    meta?: { driverAdapterError?: { cause?: PrismaCause }; code?: string };
  };
  const prisma = facts.meta?.driverAdapterError?.cause ?? (facts.cause as PrismaCause | undefined);
  const code = typeof facts.code === "string" ? facts.code : "";
  const sqlState =
    /^[0-9A-Z]{5}$/.test(code) && !/^P\d{4}$/.test(code) ? code : (prisma?.originalCode ?? sqlStateOf(code));
  return {
    sqlState,
    constraint: facts.constraint ?? constraintOf(prisma),
    message: prisma?.originalMessage ?? error.message,
    isConnectionLost: isLost(code, sqlState, error.message),
  };
}

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

function isLost(code: string, sqlState: string | null, message: string): boolean {
  if (PRISMA_LOST.has(code)) return true;
  if (sqlState !== null) return /^(08|57P0|53)/.test(sqlState);
  return LOST.test(code) || LOST.test(message);
}

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
