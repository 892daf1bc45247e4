import { expect, test } from "vitest";
import { LabelCap, MetricSet } from "./index.ts";

const catalog = {
  counters: { turns: { help: "Turns.", labels: ["kind"] } },
  gauges: { load: { help: "Load." }, rollouts: { help: "Rollouts.", labels: ["phase"] } },
  histograms: { response_seconds: { help: "Response.", labels: ["part"], buckets: [0.1, 0.3] } },
} as const;

test("counts, gauges and histograms are scraped under the process's prefix with their help", async () => {
  const metrics = new MetricSet("tandem_x", catalog);
  metrics.count("turns", { kind: "a" });
  metrics.count("turns", { kind: "b" }, 2);
  metrics.count("turns", { kind: "c" }, 0);
  metrics.set("load", 0.5);
  metrics.observe("response_seconds", 0.2, { part: "total" });
  const text = await metrics.text();
  expect(text).toContain("# HELP tandem_x_turns_total Turns.\n# TYPE tandem_x_turns_total counter");
  expect(text).toContain('tandem_x_turns_total{kind="b"} 2');
  expect(text).not.toContain('kind="c"');
  expect(text).toContain("tandem_x_load 0.5");
  expect(text).toContain('tandem_x_response_seconds_bucket{le="0.3",part="total"} 1');
  expect(metrics.counted("turns")).toBe(3);
});

test("gauges whose labels come and go are forgotten, and two sets are apart", async () => {
  const [one, other] = [new MetricSet("tandem_x", catalog), new MetricSet("tandem_x", catalog)];
  one.set("rollouts", 1, { phase: "bake" });
  expect(await other.text()).not.toContain("bake");
  one.reset("rollouts");
  expect(await one.text()).not.toContain("bake");
});

test("label tuples beyond the cap are one other, those known before stay", () => {
  const cap = new LabelCap(2);
  expect([cap.of("t1", "r1"), cap.of("t1", "r2"), cap.of("t2", "r1"), cap.of("t1", "r2")]).toEqual([
    ["t1", "r1"],
    ["t1", "r2"],
    ["other", "other"],
    ["t1", "r2"],
  ]);
});
