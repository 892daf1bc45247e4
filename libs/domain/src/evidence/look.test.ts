import { expect, test } from "vitest";
import { leastGapMs, tellsMore } from "./look.ts";
import type { EvidenceVerdict } from "./verdict.ts";

const verdict = (change: Partial<EvidenceVerdict> = {}, candidate = 0.5): EvidenceVerdict => ({
  kind: "gathering",
  detail: "5 calls",
  alarms: [],
  comparisons: [{ metric: "booked", candidate, baseline: 0.5, candidateSamples: 5, baselineSamples: 9, state: "open" }],
  isReduced: false,
  baseline: "concurrent",
  leftMs: 1000,
  ...change,
});

test("a look tells another standing, moved figures or nothing; time that passes is nothing", () => {
  expect(tellsMore(null, verdict())).toBe("standing");
  expect(tellsMore(verdict(), verdict({ kind: "passed" }))).toBe("standing");
  expect(tellsMore(verdict(), verdict({ alarms: ["slow"] }))).toBe("standing");
  expect(tellsMore(verdict(), verdict({}, 0.6))).toBe("figures");
  expect(tellsMore(verdict(), verdict({ leftMs: 10, window: { fromMs: 0, toMs: 9 } }))).toBe("nothing");
});

test("kept looks lie further apart the longer the watch goes on: some hundred rows, however long it is", () => {
  let kept = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  const weekMs = 7 * 24 * 3_600_000;
  for (let toMs = 0; toMs <= weekMs; toMs += 15_000) {
    if (lastMs > toMs - leastGapMs({ fromMs: 0, toMs })) continue;
    kept += 1;
    lastMs = toMs;
  }
  expect(kept).toBeGreaterThan(100);
  expect(kept).toBeLessThan(400);
});
