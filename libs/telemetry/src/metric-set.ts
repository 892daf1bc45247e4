import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** One metric: what it means, and its labels. Each label has few values, never a caller. */
export interface MetricShape {
  /** Meaning and unit, one sentence. */
  readonly help: string;
  readonly labels?: readonly string[];
  /** Histograms only: upper bounds in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** Every metric of a process by its short name, e.g. `turns` of `tandem_media` is scraped as `tandem_media_turns_total`. */
export interface MetricCatalog {
  readonly counters: Readonly<Record<string, MetricShape>>;
  readonly gauges: Readonly<Record<string, MetricShape>>;
  readonly histograms: Readonly<Record<string, MetricShape>>;
}

export type Labels = Readonly<Record<string, string>>;

/** The metrics of one process in Prometheus' text format. Nothing is registered globally: two sets in one process are apart. */
export class MetricSet<Catalog extends MetricCatalog> {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #totals = new Map<string, number>();

  constructor(prefix: string, { counters, gauges, histograms }: Catalog) {
    this.contentType = this.#registry.contentType;
    const registers = [this.#registry];
    for (const [name, shape] of Object.entries(counters))
      this.#counters.set(name, new Counter({ name: `${prefix}_${name}_total`, ...settings(shape), registers }));
    for (const [name, shape] of Object.entries(gauges))
      this.#gauges.set(name, new Gauge({ name: `${prefix}_${name}`, ...settings(shape), registers }));
    for (const [name, shape] of Object.entries(histograms))
      this.#histograms.set(
        name,
        new Histogram({
          name: `${prefix}_${name}`,
          ...settings(shape),
          buckets: [...(shape.buckets ?? [])],
          registers,
        }),
      );
  }

  count(name: keyof Catalog["counters"] & string, labels: Labels = {}, by = 1): void {
    if (by === 0) return;
    this.#counters.get(name)?.inc(labels, by);
    this.#totals.set(name, this.counted(name) + by);
  }

  /** What was counted under a name, all labels together. */
  counted(name: keyof Catalog["counters"] & string): number {
    return this.#totals.get(name) ?? 0;
  }

  set(name: keyof Catalog["gauges"] & string, value: number, labels: Labels = {}): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  /** Forgets a gauge's values, for labels that come and go. */
  reset(name: keyof Catalog["gauges"] & string): void {
    this.#gauges.get(name)?.reset();
  }

  observe(name: keyof Catalog["histograms"] & string, value: number, labels: Labels = {}): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  /** Everything, as a scrape reads it. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

const settings = ({ help, labels = [] }: MetricShape) => ({ help, labelNames: [...labels] });
