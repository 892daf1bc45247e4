// Figure 2: the largest number of streams that one core carries with p99 ≤ 10 ms both ways and nothing lost.
import { bar, median } from "../measure.ts";
import { Contestant, type Name } from "./contestant.ts";
import { Load } from "./load.ts";
import { loadAverage, sleep } from "./machine.ts";
import { LATEST_MS, lostIn, measure } from "./relay-run.ts";
import { RELAY } from "./settings.ts";

const STEP = 25;
const MOST = 600;
const WORST_MS = 10;
const SETTLE_MS = 2500;
const TRIES = 3;

/** Streams added step by step until the bar breaks three times in a row; a late load's tries do not count as breaks. */
async function capacityOf(name: Name, from: number, seconds: number): Promise<number> {
  const load = await Load.start(RELAY);
  const server = await Contestant.start(name, load, { TANDEM_BENCH_ENGINE: "relay" });
  let carried = 0;
  try {
    for (let streams = from; streams <= MOST; streams += STEP) {
      if (!(await server.openUntil(streams))) break;
      await sleep(SETTLE_MS);
      if (!(await holds(server, load, streams, seconds))) break;
      carried = streams;
    }
  } finally {
    await server.stop();
    load.stop();
  }
  return carried;
}

async function holds(server: Contestant, load: Load, streams: number, seconds: number): Promise<boolean> {
  let misses = 0;
  for (let attempt = 0; misses < TRIES && attempt < 2 * TRIES; attempt += 1) {
    const { window } = await measure(server, load, streams, seconds);
    if (window.up.p99 <= WORST_MS && window.down.p99 <= WORST_MS && lostIn(window) === 0) return true;
    if (window.late.p99 <= LATEST_MS) misses += 1;
  }
  return false;
}

/** `from`: where each contestant begins. */
export async function capacityFigures(
  from: Readonly<Partial<Record<Name, number>>>,
  plan: { readonly rounds: number; readonly seconds: number },
): Promise<Record<string, number>> {
  const carried = new Map<Name, number[]>();
  const names = Object.keys(from) as Name[];
  for (let round = 0; round < plan.rounds; round += 1)
    for (const name of names) {
      const streams = await capacityOf(name, from[name] ?? STEP, plan.seconds);
      carried.set(name, [...(carried.get(name) ?? []), streams]);
      console.log(`${name.padEnd(14)} carries ${streams} streams  load ${loadAverage().toFixed(1)}`);
    }
  const of = (name: Name) => median(carried.get(name) ?? []);
  console.log(bar("2 · streams per core / bare relay", of("ours") / of("bare"), "≥", 1));
  if (names.includes("openai-agents"))
    console.log(bar("2 · streams per core / @openai/agents", of("ours") / of("openai-agents"), "≥", 2.2));
  return Object.fromEntries(names.map((name) => [`${name}Streams`, of(name)]));
}
