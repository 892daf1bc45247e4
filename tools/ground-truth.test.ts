import { SeededRng } from "@tandem/testkit";
import { expect, it } from "vitest";
import { GroundTruth } from "../test/crash/ground-truth.ts";

const BUSY_MS = 15;
const ROUNDS = 60;
const AT_ONCE = 20;

it("vendors of crash matrix and chaos do first what they answer with, however late the process comes to its timers", async () => {
  const truth = new GroundTruth("+15550100001", { rng: new SeededRng(7) });
  truth.isCalm = true;
  const read = () =>
    truth.answer({ tenantId: "t", method: "telephony.readRouting", args: [truth.number], sentMs: Date.now() });
  const asked: Promise<unknown>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let nth = 0; nth < AT_ONCE; nth += 1) asked.push(read());
    await new Promise((resolve) => setImmediate(resolve));
    const untilMs = performance.now() + Math.random() * BUSY_MS;
    while (performance.now() < untilMs);
  }
  const answers = await Promise.all(asked);
  expect(answers.filter((answer) => (answer as { numberId?: string } | null)?.numberId === undefined)).toEqual([]);
  expect(answers.length).toBe(ROUNDS * AT_ONCE);
});
