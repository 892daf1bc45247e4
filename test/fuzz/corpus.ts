import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Failure } from "./target.ts";

const FOLDER = join(import.meta.dirname, "corpus");

/** Cases of a target that once failed; they are tried before all others. */
export function corpusOf(target: string): unknown[] {
  return readdirSync(FOLDER)
    .filter((name) => name.startsWith(`${target}-`) && name.endsWith(".json"))
    .toSorted()
    .map((name) => (JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as { given: unknown }).given);
}

/** Keeps a failing case; the same case has the same file. */
export function keep({ target, violation, given }: Failure): string {
  const name = createHash("sha256").update(JSON.stringify(given)).digest("hex").slice(0, 8);
  const file = join(FOLDER, `${target}-${name}.json`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ violation, given }, null, 2)}\n`);
  return file;
}
