import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiMetricCatalog } from "../apps/api/src/telemetry/api-metrics.ts";
import { metricCatalog } from "../apps/media/src/telemetry/metric-catalog.ts";
import { workerMetricCatalog } from "../apps/worker/src/telemetry/worker-metrics.ts";

const text = readFileSync(new URL("../docs/metrics.md", import.meta.url), "utf8");
const section = (title: string): string => text.split(/^## /m).find((part) => part.startsWith(title)) ?? "";

test.each([
  ["Media", metricCatalog],
  ["Worker", workerMetricCatalog],
  ["API", apiMetricCatalog],
])("docs/metrics.md tells every metric of %s with its labels, and no other", (title, catalog) => {
  const { counters, gauges, histograms } = catalog;
  const shapes: [string, { readonly labels?: readonly string[] }][] = [
    ...Object.entries(counters).map(([name, shape]): [string, object] => [`${name}_total`, shape]),
    ...Object.entries(gauges),
    ...Object.entries(histograms),
  ];
  const expected = shapes.map(([name, { labels = [] }]) =>
    labels.length === 0 ? name : `${name}{${labels.join(",")}}`,
  );
  const rows = section(title)
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const told = rows.flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(new Set(told)).toEqual(new Set(expected));
  expect(told).toHaveLength(expected.length);
});
