import { setTimeout as sleep } from "node:timers/promises";
import { City } from "./city.ts";
import { checkCity } from "./final-check.ts";
import type { Measures } from "./measures.ts";
import { type NemesisTimes, torment } from "./nemesis.ts";
import { call, operate } from "./traffic.ts";

export interface ProcessChaosOptions {
  readonly queue: "postgres" | "redis";
  readonly minutes: number;
  readonly seed: number;
}

/** What a run came to. */
export interface ProcessChaosReport {
  readonly queue: "postgres" | "redis";
  readonly measures: Measures;
  readonly violations: readonly string[];
  /** Rollouts that ended, by phase. */
  readonly ends: Readonly<Record<string, number>>;
}

/** From here on the product's own times: leases of 15 s, sweeps every 5 s. Shorter runs have no room for them. */
const LONG_MINUTES = 5;
const PRODUCT_TIMES = { TANDEM_LEASE_MS: "15000", TANDEM_SWEEP_INTERVAL_MS: "5000", TANDEM_POINTER_POLL_MS: "1000" };

/** The installation as processes, with traffic and a nemesis, for a while; then rest, and everything is checked. */
export async function runProcessChaos({ queue, minutes, seed }: ProcessChaosOptions): Promise<ProcessChaosReport> {
  const isLong = minutes >= LONG_MINUTES;
  const times: NemesisTimes = isLong
    ? { leaseMs: 15_000, outageMs: 20_000, wireMs: 8000, calmMs: 4000 }
    : { leaseMs: 2000, outageMs: 3000, wireMs: 2500, calmMs: 600 };
  const city = await City.start({ queue, offices: isLong ? 4 : 2, times: isLong ? PRODUCT_TIMES : {}, seed });
  try {
    const over = new AbortController();
    const { signal } = over;
    const busy = city.offices.flatMap((office) => [
      operate(city, office, city.rng.fork(), signal),
      call(city, office, city.rng.fork(), signal),
    ]);
    busy.push(torment(city, times, signal));
    const failed = Promise.all(busy);
    await Promise.race([failed, sleep(minutes * 60_000)]);
    over.abort();
    await failed;
    const violations = await checkCity(city);
    const rows = await city.server.rows<{ phase: string; count: number }>(
      "SELECT phase, count(*)::int AS count FROM rollout GROUP BY phase ORDER BY phase",
    );
    return {
      queue,
      measures: city.measures,
      violations,
      ends: Object.fromEntries(rows.map(({ phase, count }) => [phase, count])),
    };
  } finally {
    await city.stop();
  }
}
