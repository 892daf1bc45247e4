import type { JsonObject } from "@tandem/kernel";
import type { LedgerEntry } from "@tandem/ports/sandbox";
import { type Journal, openJournal } from "./journal.ts";

/** A ledger entry as kept: numbered from 1 in the order in which effects happened. */
export interface LedgerRow extends LedgerEntry {
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The true effects at all vendors, append-only. */
export class Ledger {
  readonly #rows: LedgerRow[];
  readonly #journal: Journal;

  constructor(path: string | null) {
    this.#journal = openJournal(path);
    this.#rows = this.#journal.entries.map((entry) => entry as unknown as LedgerRow);
  }

  record(entry: LedgerEntry, at: number): void {
    const row: LedgerRow = { ...entry, seq: (this.#rows.at(-1)?.seq ?? 0) + 1, at };
    this.#rows.push(row);
    this.#journal.append(row as unknown as JsonObject);
  }

  /** Rows after a sequence number, of one vendor or of all. */
  read(filter: { vendor?: string; after?: number } = {}): readonly LedgerRow[] {
    return this.#rows.filter(
      (row) => row.seq > (filter.after ?? 0) && (filter.vendor === undefined || row.vendor === filter.vendor),
    );
  }

  clear(): void {
    this.#rows.length = 0;
    this.#journal.rewrite([]);
  }

  close(): void {
    this.#journal.close();
  }
}
