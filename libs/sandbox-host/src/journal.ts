import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { JsonObject } from "@tandem/kernel";

/** An append-only list of JSON objects in one file, one per line. What was appended is the kernel's, so it survives SIGKILL. */
export interface Journal {
  /** Everything in the file at opening, oldest first; a torn last line is left out. */
  readonly entries: readonly JsonObject[];
  append(entry: JsonObject): void;
  /** Replaces the whole content. */
  rewrite(entries: readonly JsonObject[]): void;
  close(): void;
}

/** Opens (or makes) the journal at a path; null keeps it in memory only. */
export function openJournal(path: string | null): Journal {
  if (path === null) return { entries: [], append: () => {}, rewrite: () => {}, close: () => {} };
  mkdirSync(dirname(path), { recursive: true });
  const entries = readEntries(path);
  const text = (lines: readonly JsonObject[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  replaceFile(path, text(entries));
  let file = openSync(path, "a");
  return {
    entries,
    append: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`),
    rewrite: (next) => {
      closeSync(file);
      replaceFile(path, text(next));
      file = openSync(path, "a");
    },
    close: () => closeSync(file),
  };
}

function readEntries(path: string): JsonObject[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  lines.pop(); // what follows the last line end: nothing, or a torn write
  return lines.map((line) => JSON.parse(line) as JsonObject);
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.next`, text, { flush: true });
  renameSync(`${path}.next`, path);
}
