import { VirtualClock } from "@tandem/testkit";
import { expect, test } from "vitest";
import type { PreflightFacts } from "./check.ts";
import { whileHolding } from "./while-holding.ts";

const CALL_DEADLINE_MS = 1000;

/** Work of five deadlines on virtual time; the lease is asked for at the times returned, and lost at the nth. */
async function hold(lostAt = Number.POSITIVE_INFINITY, workMs = 5 * CALL_DEADLINE_MS) {
  const clock = new VirtualClock(0);
  const asked: number[] = [];
  const beforeCall = async (): Promise<void> => {
    asked.push(clock.now());
    if (asked.length >= lostAt) throw new Error("the lease is lost");
  };
  const observer = { beforeCall, context: { clock, settings: { callDeadlineMs: CALL_DEADLINE_MS } } };
  const work = whileHolding({ observer } as unknown as PreflightFacts, () => clock.sleep(workMs).then(() => "done"));
  const outcome = work.catch((error: Error) => error.message);
  await clock.run(outcome, Number.POSITIVE_INFINITY);
  const endedMs = clock.now();
  await clock.run(clock.sleep(10 * CALL_DEADLINE_MS), Number.POSITIVE_INFINITY);
  return { outcome: await outcome, asked, endedMs };
}

test("the lease is asked for before the work, twice as often as a call may last, and no more when it has ended", async () => {
  expect(await hold()).toEqual({
    outcome: "done",
    asked: [0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500],
    endedMs: 5000,
  });
});

test("work ends with the lease", async () => {
  expect(await hold(4)).toMatchObject({ outcome: "the lease is lost", endedMs: 1500 });
  expect(await hold(1)).toMatchObject({ outcome: "the lease is lost", endedMs: 0 });
});
