import { AppError } from "@tandem/kernel";
import type pg from "pg";

/** Puts the rest of the transaction into a tenant ($1), by which row security goes. */
export const ENTER_TENANT = "SELECT set_config('app.tenant_id', $1, true)";

/** What a statement may be given. JSON is passed as text and cast in the statement. */
export type Parameter =
  | string
  | number
  | boolean
  | null
  | Date
  | readonly string[]
  | readonly number[]
  | readonly (string | null)[];

/** Reading, in SQL. */
export interface Reads {
  /** Rows of a statement with a constant text: prepared once per connection. */
  rows<Row extends object>(text: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  /** The first row, or null. */
  row<Row extends object>(text: string, parameters?: readonly Parameter[]): Promise<Row | null>;
}

/** One open transaction, in SQL. */
export interface Sql extends Reads {
  /** How many rows it changed. */
  run(text: string, parameters?: readonly Parameter[]): Promise<number>;
  /**
   * A write whose answer nobody waits for: it shares a round trip with what follows, and a failure of it (or, with `expectRows`,
   * another number of changed rows) fails the transaction at the latest at its commit.
   */
  send(text: string, parameters?: readonly Parameter[], expectRows?: number): Promise<void>;
}

const names = new Map<string, string>();

/** The name under which a connection keeps a statement prepared; the set of texts is the set of constants in this library. */
export function statementName(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `tandem_${names.size}`));
  return name;
}

/** A prepared statement on one connection or pool. */
export const prepared = (
  queryable: Pick<pg.ClientBase, "query">,
  text: string,
  parameters: readonly Parameter[] = [],
): Promise<pg.QueryResult> => queryable.query({ name: statementName(text), text, values: parameters as unknown[] });

/** A JSON parameter: text for a `::jsonb` cast, null for null. */
export const json = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

/** Throws when a write changed another number of rows than it must. */
export function requireRows(changed: number | null, expected: number | undefined): void {
  if (expected !== undefined && changed !== expected) {
    throw new AppError("internal", `A write changed ${changed} rows instead of ${expected}.`);
  }
}
