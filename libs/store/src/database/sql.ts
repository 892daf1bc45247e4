import type pg from "pg";

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

/** One open transaction, in SQL. */
export interface Sql {
  /** Rows of a statement with a constant text: prepared once per connection. */
  rows<Row extends object>(text: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  /** The first row, or null. */
  row<Row extends object>(text: string, parameters?: readonly Parameter[]): Promise<Row | null>;
  /** How many rows it changed. */
  run(text: string, parameters?: readonly Parameter[]): Promise<number>;
}

const names = new Map<string, string>();

/** The name under which a connection keeps a statement prepared; the set of texts is the set of constants in this library. */
export function statementName(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `tandem_${names.size}`));
  return name;
}

/** Statements on one connection or pool. */
export function sqlOn(queryable: Pick<pg.ClientBase, "query">): Sql {
  const query = (text: string, parameters: readonly Parameter[] = []) =>
    queryable.query({ name: statementName(text), text, values: parameters as unknown[] });
  return {
    rows: async <Row extends object>(text: string, parameters?: readonly Parameter[]) =>
      (await query(text, parameters)).rows as Row[],
    row: async <Row extends object>(text: string, parameters?: readonly Parameter[]) =>
      ((await query(text, parameters)).rows[0] as Row | undefined) ?? null,
    run: async (text, parameters) => (await query(text, parameters)).rowCount ?? 0,
  };
}

/** A JSON parameter: text for a `::jsonb` cast, null for null. */
export const json = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);
