import type { JsonObject } from "@tandem/kernel";
import type { SandboxCollection } from "@tandem/ports/sandbox";
import { type Journal, openJournal } from "./journal.ts";

interface Held {
  readonly row: JsonObject;
  /** When it was first put, epoch milliseconds: what list lag counts from. */
  readonly since: number;
}

/** Every collection of every emulator, kept in one journal. */
export class Tables {
  readonly #tables = new Map<string, Map<string, Held>>();
  readonly #journal: Journal;
  readonly #now: () => number;

  constructor(path: string | null, now: () => number) {
    this.#now = now;
    this.#journal = openJournal(path);
    for (const entry of this.#journal.entries) this.#replay(entry);
    this.#journal.rewrite(this.#compacted());
  }

  /** A collection by its full name (`vendor/name`). `lagMs` is asked at each listing. */
  collection<Row extends JsonObject>(name: string, lagMs: () => number): SandboxCollection<Row> {
    const table = this.#table(name);
    return {
      get: (id) => table.get(id)?.row as Row | undefined,
      put: (id, row) => this.#put(name, id, { row, since: table.get(id)?.since ?? this.#now() }),
      remove: (id) => this.#remove(name, id),
      all: (options) => {
        const youngest = options?.forListing === true ? this.#now() - lagMs() : Number.POSITIVE_INFINITY;
        return [...table.values()].filter((held) => held.since <= youngest).map((held) => held.row as Row);
      },
    };
  }

  /** Names of the collections that hold rows. */
  names(): readonly string[] {
    return [...this.#tables].filter(([, table]) => table.size > 0).map(([name]) => name);
  }

  clear(): void {
    for (const table of this.#tables.values()) table.clear();
    this.#journal.rewrite([]);
  }

  close(): void {
    this.#journal.close();
  }

  #table(name: string): Map<string, Held> {
    const existing = this.#tables.get(name);
    if (existing !== undefined) return existing;
    const made = new Map<string, Held>();
    this.#tables.set(name, made);
    return made;
  }

  #put(table: string, id: string, held: Held): void {
    this.#table(table).set(id, held);
    this.#journal.append({ table, id, row: held.row, since: held.since });
  }

  #remove(table: string, id: string): boolean {
    if (!this.#table(table).delete(id)) return false;
    this.#journal.append({ table, id });
    return true;
  }

  #replay(entry: JsonObject): void {
    const { table, id, row, since } = entry as unknown as {
      table: string;
      id: string;
      row?: JsonObject;
      since: number;
    };
    if (row === undefined) this.#table(table).delete(id);
    else this.#table(table).set(id, { row, since });
  }

  #compacted(): JsonObject[] {
    return [...this.#tables].flatMap(([table, rows]) =>
      [...rows].map(([id, held]) => ({ table, id, row: held.row, since: held.since })),
    );
  }
}
