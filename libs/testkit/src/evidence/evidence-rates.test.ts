import { defaultEvidence, type EvidencePolicy } from "@tandem/domain/evidence";
import { expect, test } from "vitest";
import { evidenceRates, judgedByAll, mostOf } from "./evidence-rates.ts";

const policy = judgedByAll(defaultEvidence.production as EvidencePolicy);
const seed = 20_261_128;
const wish = { policy, callsPerNight: 60, nights: 6, share: 0.25, runs: 80, seed };

test(`a release as good as before is breached no more often than stated, looked at after every call (seed ${seed})`, () => {
  const { anyBreached, metrics } = evidenceRates({ ...wish, worseTimes: 0 });
  expect(anyBreached).toBeLessThanOrEqual(mostOf(wish.runs, policy.falseBreachRate));
  expect(metrics.find(({ metric }) => metric === "booked")?.passed).toBeGreaterThan(wish.runs / 2);
});

test(`a release worse by exactly the margin passes no more often than stated, on any metric (seed ${seed})`, () => {
  for (const { metric, passed } of evidenceRates({ ...wish, worseTimes: 1 }).metrics)
    expect(passed, metric).toBeLessThanOrEqual(mostOf(wish.runs, policy.falsePassRate));
});

test(`a release worse by two margins is found within some dozen calls (seed ${seed})`, () => {
  const { metrics } = evidenceRates({ ...wish, worseTimes: 2 });
  for (const metric of ["booked", "self-serve", "response-latency", "handling-time"]) {
    const found = metrics.find((each) => each.metric === metric);
    expect(found?.breached, metric).toBeGreaterThan(wish.runs * 0.9);
    expect(found?.medianCalls, metric).toBeLessThan(90);
  }
});

test("the same seed gives the same rates", () => {
  const short = { ...wish, runs: 3, worseTimes: 1, nights: 2 };
  expect(evidenceRates(short)).toEqual(evidenceRates(short));
});
