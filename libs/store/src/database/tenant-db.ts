import { PrismaPg } from "@prisma/adapter-pg";
import { fault } from "@tandem/kernel";
import type pg from "pg";
import { type Prisma, PrismaClient } from "../generated/client.ts";
import { asAppError } from "./database-error.ts";
import { retrySerialization } from "./retry.ts";
import type { Scope } from "./transaction.ts";

/** Prisma within one tenant-scoped transaction. */
export type TenantTransaction = Prisma.TransactionClient;

/** The only door to Prisma: the client behind it is not exported, so no query can run without its scope. */
export interface TenantDb {
  /** As `inTransaction`, for everyday queries. */
  run<Result>(scope: Scope, work: (transaction: TenantTransaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const TRANSACTION_LIMITS = { maxWait: 5_000, timeout: 5_000 };

export function openTenantDb(pool: pg.Pool): TenantDb {
  const client = new PrismaClient({ adapter: new PrismaPg(pool) });
  return { run: (scope, work) => runIn(client, scope, work), close: () => client.$disconnect() };
}

async function runIn<Result>(
  client: PrismaClient,
  scope: Scope,
  work: (transaction: TenantTransaction) => Promise<Result>,
): Promise<Result> {
  let isCommitting = false;
  const once = async (transaction: TenantTransaction) => {
    if (scope.role !== undefined) await transaction.$executeRawUnsafe(`SET LOCAL ROLE ${scope.role}`);
    await transaction.$executeRaw`SELECT set_config('app.tenant_id', ${scope.tenantId ?? ""}, true)`;
    const result = await work(transaction);
    await fault("store.commit.before");
    isCommitting = true;
    return result;
  };
  try {
    return await retrySerialization(() => {
      isCommitting = false;
      return client.$transaction(once, TRANSACTION_LIMITS);
    });
  } catch (error) {
    throw asAppError(error, isCommitting ? "unknown" : "none");
  }
}
