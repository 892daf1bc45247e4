import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { AuditKeys, AuditVerdict } from "@tandem/contracts";
import { type AuditCheckpoint, AuditExportLine, type ChainHead, ChainWalk } from "@tandem/domain/audit";
import { isGenuineCheckpoint } from "./checkpoint-signature.ts";
import { CommandFailure, ExitCode } from "./exit-code.ts";

interface Trust {
  /** Kept outside: the export must reach and agree with it. */
  readonly checkpoint: AuditCheckpoint | null;
  /** Null: signatures are not checked. */
  readonly keys: AuditKeys | null;
}

/** Verifies an export line by line, whatever its size. Throws `CommandFailure` for a file that is none. */
export async function verifyExport(file: string, { checkpoint, keys }: Trust): Promise<AuditVerdict> {
  const reading = new ExportReading(checkpoint, keys);
  const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity });
  try {
    for await (const line of lines) if (line !== "") reading.take(line);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}`, ExitCode.usage);
  }
  return reading.verdict();
}

class ExportReading {
  readonly #walk: ChainWalk;
  readonly #keys: AuditKeys | null;
  #tenantId: string | null = null;
  #head: ChainHead | null | undefined;
  #problem: string | null = null;
  #count = 0;
  #newest: AuditCheckpoint | null = null;

  constructor(checkpoint: AuditCheckpoint | null, keys: AuditKeys | null) {
    this.#walk = new ChainWalk(checkpoint === null ? [] : [checkpoint]);
    this.#keys = keys;
  }

  take(text: string): void {
    const parsed = AuditExportLine.safeParse(parseLine(text));
    if (!parsed.success) throw new CommandFailure("It is not an export of an audit log.", ExitCode.usage);
    const line = parsed.data;
    if (line.line === "begin") this.#tenantId = line.tenantId;
    else if (line.line === "row") this.#row(line.row);
    else if (line.line === "checkpoint") this.#checkpoint(line.checkpoint);
    else this.#head = line.head;
  }

  verdict(): AuditVerdict {
    const { intact, rows, head, brokenAt, problem } = this.#walk.finish(this.#head);
    const cut = this.#head === undefined ? "the export ends before its end" : null;
    const found = problem ?? this.#problem ?? cut;
    return {
      intact: intact && found === null,
      rows,
      head,
      brokenAt: found === null ? null : (brokenAt ?? rows + 1),
      problem: found,
      checkpoints: { count: this.#count, newest: this.#newest, signatures: this.#signatures() },
    };
  }

  #row(row: Extract<AuditExportLine, { line: "row" }>["row"]): void {
    if (row.tenantId !== this.#tenantId) this.#problem ??= `row ${row.seq} is of another tenant`;
    this.#walk.take(row);
  }

  #checkpoint(checkpoint: AuditCheckpoint): void {
    this.#count += 1;
    this.#newest = checkpoint;
    const { seq, hash } = this.#walk.last;
    if (checkpoint.tenantId !== this.#tenantId || checkpoint.seq !== seq || checkpoint.hash !== hash)
      this.#problem ??= `the checkpoint at row ${checkpoint.seq} does not fit`;
    if (this.#keys !== null && !isGenuineCheckpoint(checkpoint, this.#keys))
      this.#problem ??= `the checkpoint at row ${checkpoint.seq} is not signed by a key that is known`;
  }

  #signatures(): AuditVerdict["checkpoints"]["signatures"] {
    if (this.#keys === null || this.#count === 0) return "not-checked";
    return this.#problem?.includes("not signed") === true ? "forged" : "genuine";
  }
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
