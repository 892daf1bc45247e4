// One contestant in a process of its own, so that none compiles or collects garbage for another: BENCH_CONTESTANT names it. For each
// message `{ case, sliceMs }` it answers `{ rate, reported }`: runs per second over the slice, and how many things it reports.
import { diffFields, renderFieldChanges } from "@tandem/domain/plan";
import type { Json, JsonObject } from "@tandem/kernel";
import { createRequire } from "node:module";
import { caseOf } from "./tree.ts";

const KEYS = { embeddedObjKeys: { playbooks: "id", "playbooks.steps": "id" } };
const requireOfDomain = createRequire(new URL("../../libs/domain/package.json", import.meta.url));
const { atomizeChangeset, diff } = requireOfDomain("json-diff-ts") as typeof import("json-diff-ts");

/** Finds, proves and describes in words. */
function ours(before: Json, after: Json): number {
  const changes = diffFields(before, after);
  const lines = renderFieldChanges(changes);
  if (lines.length < changes.length) throw new Error("a change without words");
  return changes.length;
}

const anchor = (before: Json, after: Json): number => atomizeChangeset(diff(before, after, KEYS)).length;

/** The least that any keyed comparison must do: counts what differs and describes nothing. */
function walk(before: Json, after: Json): number {
  if (before === after) return 0;
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) return 1;
  if (Array.isArray(before) && Array.isArray(after)) return walkItems(before, after);
  let count = 0;
  for (const name of Object.keys(after))
    count += walk((before as JsonObject)[name] ?? null, (after as JsonObject)[name] ?? null);
  return count;
}

function walkItems(before: readonly Json[], after: readonly Json[]): number {
  const idOf = (item: Json): Json => (item as JsonObject | null)?.["id"] ?? item;
  const left = new Map(before.map((item) => [idOf(item), item]));
  let count = 0;
  for (const item of after) {
    const twin = left.get(idOf(item));
    count += twin === undefined ? 1 : walk(twin, item);
    left.delete(idOf(item));
  }
  return count + left.size;
}

const contestants: Readonly<Record<string, (before: Json, after: Json) => number>> = { ours, anchor, walk };
const work = contestants[process.env["BENCH_CONTESTANT"] ?? ""];
if (work === undefined) throw new Error("BENCH_CONTESTANT names no contestant");
let present = caseOf("same");

process.on("message", (message: { case: string; sliceMs: number }) => {
  if (present.name !== message.case) present = caseOf(message.case);
  const { before, after } = present;
  let runs = 0;
  let reported = 0;
  const startedAt = performance.now();
  for (; runs < 3 || performance.now() - startedAt < message.sliceMs; runs++) reported = work(before, after);
  process.send?.({ rate: (runs * 1000) / (performance.now() - startedAt), reported });
});
process.send?.({ ready: true });
