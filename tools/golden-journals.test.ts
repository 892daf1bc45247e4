import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ENGINE_VERSION } from "../libs/engine/src/context.ts";
import { resolveOptions } from "../libs/store/src/options.ts";
import { type Boundary, journalsOf, keptVersions } from "../test/golden/journal.ts";
import { resume } from "../test/golden/resume.ts";
import { workspaceRoot } from "./projects.mjs";

test("journals of this engine version are kept", () => {
  expect(keptVersions()).toContain(ENGINE_VERSION);
  expect(resolveOptions({ url: "" }).engineVersion, "what the store stamps on rollouts").toBe(ENGINE_VERSION);
});

test("journals that are kept are never written again", () => {
  const run = spawnSync(process.execPath, ["--conditions=@tandem/source", "tools/golden-journals.mjs"], {
    cwd: workspaceRoot,
    encoding: "utf8",
  });
  expect([run.status, run.stderr]).toEqual([1, expect.stringContaining("are kept as they are")]);
});

const kept = keptVersions().flatMap((version) => journalsOf(version).map((journal) => ({ version, ...journal })));

test.each(kept)(
  "engine $version, $story: resumed at every boundary to its end",
  async ({ history, boundaries, story }) => {
    expect(boundaries.length).toBeGreaterThan(10);
    const endings = new Map<string, number>();
    for (const boundary of boundaries) {
      const { phase, violations } = await resume(history, boundary);
      expect(violations, `${boundary.point} ${boundary.nth}`).toEqual([]);
      endings.set(phase, (endings.get(phase) ?? 0) + 1);
    }
    expect(endings.get(ENDING[story] ?? "succeeded") ?? 0).toBeGreaterThan(0);
    expect([...endings.keys()].filter((phase) => phase === "failed")).toEqual([]);
  },
);

test("a journal that lost its intents is noticed: what they stand for is made a second time", async () => {
  const journal = journalsOf(ENGINE_VERSION).find(({ story }) => story === "first-rollout");
  const called = journal?.boundaries.filter(({ point }) => point === "step.call.after") ?? [];
  const found = new Set<string>();
  for (const boundary of called) {
    const { violations } = await resume(journal?.history ?? [], { ...boundary, deployments: withoutIntents(boundary) });
    for (const { invariant } of violations) found.add(invariant);
  }
  expect([...found]).toContain("I3");
});

const withoutIntents = ({ deployments }: Boundary): Boundary["deployments"] =>
  deployments.map(([id, state]) => {
    const steps = Object.entries(state.steps).map(([rolloutId, rows]): [string, typeof rows] => [
      rolloutId,
      rows.map((step) => (step.state === "intent" ? { ...step, state: "pending", requestHash: null } : step)),
    ]);
    return [id, { ...state, steps: Object.fromEntries(steps) }];
  });

const ENDING: Readonly<Record<string, string>> = {
  "canary-taken-back": "rolled-back",
  rollback: "rolled-back",
  abort: "aborted",
  detach: "rolled-back",
};
