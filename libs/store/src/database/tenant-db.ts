import { fault } from "@tandem/kernel";
import type pg from "pg";
import type { Prisma, PrismaClient } from "../generated/client.ts";
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

/** Prisma is loaded here and only when this is called: worker and media, which use none of it, do not pay for it. */
export function openTenantDb(pool: pg.Pool): TenantDb {
  const loaded = load(pool);
  loaded.catch(() => {}); // seen by whoever runs the first query
  return {
    run: async (scope, work) => runIn(await loaded, scope, work),
    close: async () => (await loaded).$disconnect(),
  };
}

async function load(pool: pg.Pool): Promise<PrismaClient> {
  const [{ PrismaPg }, { PrismaClient }] = await Promise.all([
    import("@prisma/adapter-pg"),
    import("../generated/client.ts"),
  ]);
  return new PrismaClient({ adapter: new PrismaPg(pool) });
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
