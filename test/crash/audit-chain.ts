import { createHash } from "node:crypto";
import type { Tables } from "./tables.ts";

/** JSON with sorted members and no white space. Written apart from the product's, so that one checks the other. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sortedJson(member)}`).join(",")}}`;
}

export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** Walks the chain from its first row: what does not fit, in words. */
export function brokenLinks({ audits, head }: Pick<Tables, "audits" | "head">): string[] {
  let before = "0".repeat(64);
  for (const [index, row] of audits.entries()) {
    const { tx: _tx, prevHash, hash, ...content } = row;
    if (row.seq !== index + 1) return [`audit row ${index + 1} is missing`];
    if (prevHash !== before) return [`audit row ${row.seq} does not follow on the one before`];
    if (sha256(before + sortedJson({ ...content, at: row.at.toISOString() })) !== hash)
      return [`audit row ${row.seq} was changed`];
    before = hash;
  }
  const last = audits.at(-1);
  return (head?.seq ?? 0) === (last?.seq ?? 0) && (head?.hash ?? before) === before
    ? []
    : ["the head of the audit chain is not its last row"];
}
