import { needsPerson, ROLLOUT_EVENT, rolloutMessage } from "@tandem/domain/notification";
import { reasons, type ReasonCode } from "@tandem/domain/rollout";
import { afterAll, beforeAll, expect, it } from "vitest";
import { changesOf, ENDED, ofKind } from "../history/reading.ts";
import { hookFaultPoints } from "./process.ts";
import { seedsFrom } from "./run-seeds.ts";
import { simulate } from "./simulate.ts";

const COUNT = 60;
let unhook: () => void;
beforeAll(() => (unhook = hookFaultPoints()));
afterAll(() => unhook());

it(
  `leaves no rollout waiting without a reason and a next action, through ${COUNT} hostile runs`,
  { timeout: 120_000 },
  async () => {
    const seen = new Set<string>();
    const unexplained: string[] = [];
    for (const seed of seedsFrom(70_001, COUNT)) {
      const { history } = await simulate(seed);
      for (const commit of ofKind(history, "committed")) {
        for (const { after } of changesOf(commit, "rollout")) {
          if (after === null || ENDED.has(after.phase)) continue;
          const { reason, phase, dueAt } = after;
          const isWaiting = phase === "held" || (dueAt !== null && Date.parse(dueAt) > commit.atMs);
          if (!isWaiting) continue;
          const entry =
            reason === null || !Object.hasOwn(reasons, reason.code) ? null : reasons[reason.code as ReasonCode];
          if (reason === null || entry === null || reason.nextAction !== entry.nextAction)
            unexplained.push(`seed ${seed}: ${after.id} in ${phase}, ${JSON.stringify(reason)}`);
          else seen.add(reason.code);
        }
      }
    }
    expect(unexplained).toEqual([]);
    // The runs waited in many ways indeed, for vendors and for people.
    expect(seen.size).toBeGreaterThan(8);
    expect([...seen].some(needsPerson)).toBe(true);
  },
);

it("gives every reason a summary and a next action, and tells the outside of every one that a person must end", () => {
  for (const [code, { summary, nextAction }] of Object.entries(reasons)) {
    expect(summary.length, code).toBeGreaterThan(10);
    expect(nextAction.length, code).toBeGreaterThan(10);
    const payload = { from: "applying", to: "held", reason: code, detail: "" };
    const message = rolloutMessage({ rolloutId: "r", type: "phase-entered", phase: "held", payload });
    expect(message, `${code} leaves no ${ROLLOUT_EVENT}`).toMatchObject({ reason: code });
  }
});
