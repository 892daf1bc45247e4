/** Labels of a count: few values each, never a caller. */
export type Labels = Readonly<Record<string, string>>;

/** Counts and times of this node, in Prometheus' text format. Every counter of the service is kept here and nowhere else. */
export class Metrics {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, { buckets: number[]; sumMs: number; count: number }>();

  reply(pattern: string, status: number, durationMs: number): void {
    const key = `route="${pattern}",status="${status}"`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
    const times = this.#durations.get(pattern) ?? { buckets: BUCKETS_MS.map(() => 0), sumMs: 0, count: 0 };
    BUCKETS_MS.forEach((limitMs, index) => {
      if (durationMs <= limitMs) times.buckets[index] = (times.buckets[index] ?? 0) + 1;
    });
    times.sumMs += durationMs;
    times.count += 1;
    this.#durations.set(pattern, times);
  }

  /** Adds to `tandem_media_<name>_total`. */
  count(name: string, labels: Labels = {}, by = 1): void {
    const key = Object.entries(labels)
      .map(([label, value]) => `${label}="${value}"`)
      .join(",");
    const counts = this.#counts.get(name) ?? new Map<string, number>();
    counts.set(key, (counts.get(key) ?? 0) + by);
    this.#counts.set(name, counts);
  }

  /** What was counted under a name, all labels together. */
  counted(name: string): number {
    return [...(this.#counts.get(name)?.values() ?? [])].reduce((sum, each) => sum + each, 0);
  }

  /** The whole text: what was counted here and the gauges of the moment. */
  text(gauges: Readonly<Record<string, number>>): string {
    const lines = ["# TYPE tandem_media_requests_total counter"];
    for (const [labels, count] of this.#requests) lines.push(`tandem_media_requests_total{${labels}} ${count}`);
    lines.push("# TYPE tandem_media_request_seconds histogram");
    for (const [pattern, times] of this.#durations) lines.push(...histogram(pattern, times));
    for (const [name, counts] of this.#counts) lines.push(...counter(name, counts));
    for (const [name, value] of Object.entries(gauges))
      lines.push(`# TYPE tandem_media_${name} gauge`, `tandem_media_${name} ${value}`);
    return `${lines.join("\n")}\n`;
  }
}

const BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2500, 5000];

const counter = (name: string, counts: ReadonlyMap<string, number>): string[] => [
  `# TYPE tandem_media_${name}_total counter`,
  ...[...counts].map(([labels, count]) => `tandem_media_${name}_total${labels === "" ? "" : `{${labels}}`} ${count}`),
];

function histogram(pattern: string, times: { buckets: number[]; sumMs: number; count: number }): string[] {
  const name = "tandem_media_request_seconds";
  const buckets = BUCKETS_MS.map(
    (limitMs, index) => `${name}_bucket{route="${pattern}",le="${limitMs / 1000}"} ${times.buckets[index] ?? 0}`,
  );
  return [
    ...buckets,
    `${name}_bucket{route="${pattern}",le="+Inf"} ${times.count}`,
    `${name}_sum{route="${pattern}"} ${times.sumMs / 1000}`,
    `${name}_count{route="${pattern}"} ${times.count}`,
  ];
}
