// Figures 1 and 3: what a relayed stream costs, at 100 and 200 streams.
import { bar, median } from "../measure.ts";
import type { Name } from "./contestant.ts";
import { loadAverage } from "./machine.ts";
import { lostIn, type RelayRun, relayRun } from "./relay-run.ts";
import { RELAY, STEADY } from "./settings.ts";

const MOST_TRIES = 3;

interface RelayPlan {
  readonly rounds: number;
  readonly seconds: number;
}

/** Runs of each contestant at one number of streams, interleaved; a void run is tried again. */
async function runsAt(
  names: readonly Name[],
  streams: number,
  plan: RelayPlan,
  settings: Readonly<Record<string, number>> = RELAY,
): Promise<ReadonlyMap<Name, RelayRun[]>> {
  const runs = new Map<Name, RelayRun[]>(names.map((name) => [name, []]));
  for (let round = 0; round < plan.rounds; round += 1)
    for (const name of names) {
      let run: RelayRun | null = null;
      for (let attempt = 0; run === null && attempt < MOST_TRIES; attempt += 1)
        run = await relayRun(name, streams, plan.seconds, settings);
      if (run === null) console.log(`${name} at ${streams}: void, the load was late ${MOST_TRIES} times`);
      else runs.get(name)?.push(run);
    }
  return runs;
}

const middle = (runs: readonly RelayRun[] | undefined, of: (run: RelayRun) => number): number =>
  median((runs ?? []).map(of));

/** One line of a contestant's figures. */
function tell(name: Name, streams: number, all: readonly RelayRun[]): void {
  const lost = all.reduce((sum, { window }) => sum + lostIn(window), 0);
  const delay = (part: "p50" | "p99") =>
    `${middle(all, ({ window }) => window.up[part]).toFixed(2)}/${middle(all, ({ window }) => window.down[part]).toFixed(2)}`;
  const cpu = `${middle(all, (run) => run.cpuUs).toFixed(0)} µs/stream-s, core ${(middle(all, (run) => run.coreRatio) * 100).toFixed(0)} %`;
  const memory = `${middle(all, (run) => run.rssKb).toFixed(0)} KB/stream`;
  console.log(
    `${name.padEnd(14)} ${streams} streams  ${cpu}  up/down p50 ${delay("p50")} p99 ${delay("p99")} ms  ${memory}  lost ${lost}  of ${all.length} runs  load ${loadAverage().toFixed(1)}`,
  );
  if (lost === 0) return;
  for (const { window } of all)
    console.log(`${name}: lost up ${window.lostUp}, down ${window.lostDown}, streams ${window.dropped}`);
}

/** For orientation: the frame path alone, while nobody takes turns. */
export async function steadyFigures(plan: RelayPlan): Promise<Record<string, number>> {
  const runs = await runsAt(["bare", "ours"], 100, plan, STEADY);
  for (const [name, all] of runs) tell(name, 100, all);
  const ratio = (of: (run: RelayRun) => number) => middle(runs.get("ours"), of) / middle(runs.get("bare"), of);
  const [cpu, memory] = [ratio((run) => run.cpuUs), ratio((run) => run.rssKb)];
  console.log(`without turns: CPU ${cpu.toFixed(2)} ×, memory ${memory.toFixed(2)} × of the bare relay at 100`);
  return { steadyCpuOverBare: cpu, steadyMemoryOverBare: memory };
}

/** Prints the figures at one number of streams and returns them. */
export async function relayFigures(
  names: readonly Name[],
  streams: number,
  plan: RelayPlan,
): Promise<Record<string, number>> {
  const runs = await runsAt(names, streams, plan);
  const figures: Record<string, number> = {};
  for (const [name, all] of runs) {
    tell(name, streams, all);
    figures[`${name}CpuUs${streams}`] = middle(all, (run) => run.cpuUs);
    figures[`${name}RssKb${streams}`] = middle(all, (run) => run.rssKb);
  }
  const ratio = (peer: Name, of: (run: RelayRun) => number) =>
    middle(runs.get("ours"), of) / middle(runs.get(peer), of);
  const cpuOverBare = ratio("bare", (run) => run.cpuUs);
  const memoryOverBare = ratio("bare", (run) => run.rssKb);
  console.log(bar(`1 · CPU per stream at ${streams} / bare relay`, cpuOverBare, "≤", 0.95));
  console.log(bar(`3 · memory per stream at ${streams} / bare relay`, memoryOverBare, "≤", 1.2));
  Object.assign(figures, { [`cpuOverBare${streams}`]: cpuOverBare, [`memoryOverBare${streams}`]: memoryOverBare });
  if (!names.includes("openai-agents")) return figures;
  const cpuOverPeer = ratio("openai-agents", (run) => run.cpuUs);
  if (streams === 100) console.log(bar("1 · CPU per stream at 100 / @openai/agents", cpuOverPeer, "≤", 0.55));
  else
    console.log(`for orientation: ${cpuOverPeer.toFixed(2)} × of @openai/agents at ${streams}, which may be saturated`);
  return { ...figures, [`cpuOverOpenaiAgents${streams}`]: cpuOverPeer };
}
