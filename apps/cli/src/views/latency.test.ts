import { expect, test } from "vitest";
import { latencyLine } from "./latency.ts";

test("estimated, smoke-tested and live response stand in one line; without any there is none", () => {
  const none = { targetMs: null, estimated: null, smoke: null, live: [] };
  expect(latencyLine(none)).toBeNull();
  expect(
    latencyLine({
      targetMs: 300,
      estimated: { p50Ms: 200, p95Ms: 280.4 },
      smoke: { p50Ms: 210, p95Ms: 310, turns: 9 },
      live: [{ region: "eu", p50Ms: 200, p95Ms: 290, turns: 12 }],
    }),
  ).toBe(
    "  response p95  estimated 280 ms · smoke test 310 ms (9 turns) · callers in eu 290 ms (12 turns) · target 300 ms",
  );
});
