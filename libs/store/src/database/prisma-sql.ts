import { type Parameter, requireRows, type Sql } from "./sql.ts";
import type { TenantTransaction } from "./tenant-db.ts";

/** The same statements inside a Prisma transaction: for what every transaction ends with. */
export const sqlOfPrisma = (transaction: TenantTransaction): Sql => ({
  rows: <Row extends object>(text: string, parameters: readonly Parameter[] = []) =>
    transaction.$queryRawUnsafe<Row[]>(text, ...parameters),
  row: async <Row extends object>(text: string, parameters: readonly Parameter[] = []) =>
    (await transaction.$queryRawUnsafe<Row[]>(text, ...parameters))[0] ?? null,
  run: (text, parameters = []) => transaction.$executeRawUnsafe(text, ...parameters),
  send: async (text, parameters = [], expectRows) => {
    requireRows(await transaction.$executeRawUnsafe(text, ...parameters), expectRows);
  },
});
