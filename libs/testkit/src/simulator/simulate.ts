import { terminalPhases } from "@tandem/domain/rollout";
import { checkHistory } from "../history/check-history.ts";
import type { HistoryEvent, Violation } from "../history/event.ts";
import { SeededRng } from "../time/seeded-rng.ts";
import { foundations } from "./foundations.ts";
import { moments } from "./moments.ts";
import type { Foundation } from "./foundation.ts";
import { Installation } from "./installation.ts";
import { playScript, scriptOf } from "./people.ts";
import { places } from "./places.ts";

/** How one run ended. */
export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Fault points at which processes died. */
  readonly deaths: readonly string[];
  /** Phase, and reason where there is one, of each rollout of the run. */
  readonly endings: readonly string[];
  readonly virtualMs: number;
  readonly history: readonly HistoryEvent[];
}

const HORIZON_MS = 20 * 60_000;
/** Share of runs that begin in the middle of a rollout, at any of its boundaries. */
const FROM_WITHIN = 0.75;
/** Time after the script for what is still under way: late vendors, cleaning up. */
const AFTERMATH_MS = 6000;

/**
 * One seeded run of the real engine: two workers that die, pause and lose their connection, vendors that answer badly, callers on two
 * media nodes, people who click at any moment, doorbells that come twice or not at all. Fault points must be hooked
 * (`hookFaultPoints`).
 */
export async function simulate(seed: number): Promise<SimulationResult> {
  const rng = new SeededRng(seed);
  const foundation = rng.pick<Foundation>(rng.chance(FROM_WITHIN) ? await moments() : await foundations());
  const installation = new Installation(rng, foundation);
  const { clock, database } = installation;
  const startMs = clock.now();
  const known = new Set(
    [...database.deployments.values()].flatMap(({ rollouts }) =>
      rollouts.filter(({ phase }) => terminalPhases.has(phase)).map(({ id }) => id),
    ),
  );
  installation.start();
  const script = playScript(installation, scriptOf(rng.fork()));
  if (await clock.run(script, startMs + HORIZON_MS)) await script;
  await clock.run(clock.sleep(AFTERMATH_MS), Number.POSITIVE_INFINITY);
  installation.close();
  const { events: history } = database.history;
  return {
    seed,
    violations: checkHistory(history, foundation.past.length),
    deaths: installation.deaths,
    endings: places
      .flatMap(({ deploymentId }) => database.state(deploymentId).rollouts)
      .filter(({ id }) => !known.has(id))
      .map(({ phase, reason }) => (reason === null ? phase : `${phase} (${reason.code})`)),
    virtualMs: clock.now() - startMs,
    history,
  };
}
