// Plan: every difference of a 1 MB configuration (170 playbooks × 20 steps) found, proved and put in words, beside json-diff-ts with
// keys by id and atomize over the whole tree (which says nothing in words), and beside a bare keyed walk that only counts. Bar
// (issue 2 §6): ≥ 6 × json-diff-ts, with exact round trips. The 20,000 fuzzed ones are in libs/domain/src/plan/field-diff.test.ts.
import { applyFieldChanges, diffFields, revertFieldChanges } from "@tandem/domain/plan";
import { canonicalJson } from "@tandem/kernel";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { bar, interleave, median, report } from "./measure.ts";
import { type Case, caseNames, caseOf } from "./plan/tree.ts";

const ROUNDS = 9;
const SLICE_MS = 400;
/** Each contestant runs each case this long before anything counts, so that its code is compiled. */
const WARM_UP_MS = 3000;
const NAMES = ["ours", "anchor", "walk"];

interface Slice {
  readonly rate: number;
  readonly reported: number;
}

async function start(name: string): Promise<[string, ChildProcess]> {
  const child = fork(fileURLToPath(new URL("plan/contestant.ts", import.meta.url)), {
    env: { ...process.env, BENCH_CONTESTANT: name },
  });
  await once(child, "message");
  return [name, child];
}

async function slice(child: ChildProcess, name: string, sliceMs: number): Promise<Slice> {
  child.send({ case: name, sliceMs });
  const [answer] = (await once(child, "message")) as [Slice];
  return answer;
}

/** Throws unless the changes are as many as there are differences and lead exactly there and back, also through their text. */
function prove({ name, before, after, differences }: Case): void {
  const changes = JSON.parse(JSON.stringify(diffFields(before, after))) as ReturnType<typeof diffFields>;
  const isThere = canonicalJson(applyFieldChanges(before, changes)) === canonicalJson(after);
  const isBack = canonicalJson(revertFieldChanges(after, changes)) === canonicalJson(before);
  if (!isThere || !isBack || changes.length !== differences)
    throw new Error(
      `${name}: ${changes.length} changes for ${differences} differences; there ${isThere}, back ${isBack}`,
    );
}

const row = (...cells: readonly (string | number)[]): string =>
  cells.map((cell, index) => (index === 0 ? String(cell).padEnd(11) : String(cell).padStart(14))).join("");

const children = new Map(await Promise.all(NAMES.map(start)));
try {
  const ratios: Record<string, number> = {};
  console.log(
    `${(JSON.stringify(caseOf("same").before).length / 1e6).toFixed(2)} MB; runs per second, medians of ${ROUNDS}; a process each`,
  );
  console.log(row("case", "differences", "ours", "json-diff-ts", "it reports", "keyed walk", "ratio", "of the walk"));
  for (const one of caseNames.map(caseOf)) {
    prove(one);
    const reported = new Map<string, number>();
    const contestants = [...children].map(([name, child]) => ({
      name,
      run: async () => {
        const answer = await slice(child, one.name, SLICE_MS);
        reported.set(name, answer.reported);
        return answer.rate;
      },
    }));
    for (const child of children.values()) await slice(child, one.name, WARM_UP_MS);
    const figures = await interleave(contestants, ROUNDS);
    const [ours, anchor, walk] = NAMES.map((name) => median(figures[name] ?? [])) as [number, number, number];
    ratios[one.name] = ours / anchor;
    const ratio = `${(ours / anchor).toFixed(1)} ×`;
    console.log(
      row(
        one.name,
        one.differences,
        ours.toFixed(0),
        anchor.toFixed(1),
        reported.get("anchor") ?? 0,
        walk.toFixed(0),
        ratio,
        `${(ours / walk).toFixed(2)} ×`,
      ),
    );
  }
  for (const [name, ratio] of Object.entries(ratios)) console.log(bar(`plan, ${name}`, ratio, "≥", 6));
  report("plan", ratios);
} finally {
  for (const child of children.values()) child.kill();
}
