import type { Parameter } from "../database/sql.ts";

/** The SET list of an UPDATE that only names what a patch names. Columns come from code, never from input. */
export class Assignments {
  readonly #parameters: Parameter[];
  readonly #list: string[] = [];

  /** `leading`: parameters that the rest of the statement uses, from `$1` on. */
  constructor(leading: readonly Parameter[]) {
    this.#parameters = [...leading];
  }

  /** `column = value`, unless the value is undefined. `cast` is a type name. */
  set(column: string, value: Parameter | undefined, cast?: string): this {
    if (value === undefined) return this;
    this.#list.push(`${column} = $${this.#parameters.push(value)}${cast === undefined ? "" : `::${cast}`}`);
    return this;
  }

  /** `column = <database now + milliseconds>`; null stays null, undefined changes nothing. */
  setDue(column: string, inMs: number | null | undefined): this {
    if (inMs === undefined) return this;
    if (inMs === null) return this.raw(`${column} = NULL`);
    this.#list.push(
      `${column} = clock_timestamp() + $${this.#parameters.push(inMs)}::float8 * interval '1 millisecond'`,
    );
    return this;
  }

  /** A whole assignment without parameters. */
  raw(assignment: string): this {
    this.#list.push(assignment);
    return this;
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  get text(): string {
    return this.#list.join(", ");
  }

  get parameters(): readonly Parameter[] {
    return this.#parameters;
  }
}
