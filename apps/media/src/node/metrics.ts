/** Counts and times of this node, in Prometheus' text format. Written by hand: a dozen figures need no library. */
export class Metrics {
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

  /** The whole text: what was counted here and the gauges of the moment. */
  text(gauges: Readonly<Record<string, number>>): string {
    const lines = ["# TYPE tandem_media_requests_total counter"];
    for (const [labels, count] of this.#requests) lines.push(`tandem_media_requests_total{${labels}} ${count}`);
    lines.push("# TYPE tandem_media_request_seconds histogram");
    for (const [pattern, times] of this.#durations) lines.push(...histogram(pattern, times));
    for (const [name, value] of Object.entries(gauges))
      lines.push(`# TYPE tandem_media_${name} gauge`, `tandem_media_${name} ${value}`);
    return `${lines.join("\n")}\n`;
  }
}

const BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2500, 5000];

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
