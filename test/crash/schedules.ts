import { setTimeout as sleep } from "node:timers/promises";
import { faultPoints } from "@tandem/engine";
import { AppError } from "@tandem/kernel";
import { SeededRng } from "@tandem/testkit";
import { checkSite } from "./check.ts";
import type { Lane } from "./lane.ts";
import { eachOn, openGrounds } from "./matrix.ts";
import { ENDED, patiently, type Play } from "./play.ts";
import type { PrivateServer } from "./private-server.ts";
import { startOf } from "./site.ts";
import { type Strike, strikeKinds } from "./strike.ts";
import { readTables } from "./tables.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** How one random schedule came out. */
export interface ScheduleResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly strikes: number;
  readonly deaths: number;
  readonly pauses: number;
  readonly clicks: number;
  readonly phases: readonly string[];
}

export interface SchedulesOptions {
  readonly schedules: number;
  /** Of the first schedule; the next ones follow on it. */
  readonly seed: number;
  readonly lanes: number;
  readonly onSchedule?: (result: ScheduleResult) => void;
}

/** Longest lease of the matrix, twice: a worker that stands still for so long has been succeeded. */
const PAUSE_MS = 2600;
/** Of all strikes; a process that is killed has to be started again, which is what a schedule spends most on. */
const KILLED = 0.1;

/** Plays random schedules: several faults at random points, workers side by side, vendors that answer badly, clicks at any moment. */
export async function runSchedules(options: SchedulesOptions): Promise<ScheduleResult[]> {
  const grounds = await openGrounds(options.lanes);
  const results: ScheduleResult[] = [];
  const seeds = Array.from({ length: options.schedules }, (_, nth) => options.seed + nth);
  try {
    await eachOn(grounds.lanes, seeds, async (lane, seed) => {
      const result = await playSchedule(lane, grounds.server, seed);
      results.push(result);
      options.onSchedule?.(result);
    });
    return results;
  } finally {
    await grounds.close();
  }
}

async function playSchedule(lane: Lane, server: PrivateServer, seed: number): Promise<ScheduleResult> {
  const rng = new SeededRng(seed);
  const play = await lane.play({ rng: rng.fork() });
  const counts = { strikes: 0, deaths: 0, pauses: 0, clicks: 0 };
  const violations: string[] = [];
  try {
    const run = { lane, play, rng, counts };
    if (rng.chance(0.6)) await playCalmly(run);
    for (let nth = rng.between(1, 2); nth > 0; nth -= 1) await playRollout(run);
    const { tenantId } = play.site.actor;
    violations.push(...checkSite(await readTables(server, tenantId), play.site.truth));
  } catch (error) {
    violations.push(`I8 ${(error as Error).message}`);
  } finally {
    lane.forget(play);
  }
  const rollouts = await server.rows<{ phase: string }>("SELECT phase FROM rollout WHERE tenant_id = $1 ORDER BY id", [
    play.site.actor.tenantId,
  ]);
  return { seed, violations, ...counts, phases: rollouts.map(({ phase }) => phase) };
}

interface Run {
  readonly lane: Lane;
  readonly play: Play;
  readonly rng: SeededRng;
  readonly counts: { strikes: number; deaths: number; pauses: number; clicks: number };
}

/** A release that is live, so that there is something to go back to. */
async function playCalmly(run: Run): Promise<void> {
  run.play.site.truth.isCalm = true;
  await run.play.click({ method: "startRollout", args: [releaseOf(run)] });
  await settle(run);
}

/** One rollout of random content under random trouble, then in peace to its end. */
async function playRollout(run: Run): Promise<void> {
  const { play, rng, lane } = run;
  play.site.truth.isCalm = false;
  await play.click({ method: "startRollout", args: [releaseOf(run)] });
  const troubled = new AbortController();
  const workers = [await lane.hurt(), await lane.healthy()];
  for (const worker of workers) await arm(run, worker);
  const working = workers.map((worker) => work(run, worker, troubled.signal));
  await Promise.all([meddle(run), pauseOne(run, workers), sleep(rng.between(200, 2500))]);
  troubled.abort();
  await Promise.all(working);
  for (const worker of workers) if (await worker.disarm()) run.counts.strikes += 1;
  run.counts.deaths += workers.filter(({ isDead }) => isDead).length;
  play.site.truth.isCalm = true;
  await settle(run);
}

function releaseOf({ play, rng }: Run) {
  const wish = {
    prompt: `prompt ${rng.between(1, 3)}`,
    voice: rng.pick(["calm", "bright"]),
    properties: rng.chance(0.5) ? ["lead_source"] : [],
    hasCalendar: rng.chance(0.3),
  };
  return startOf(play.site, wish, {
    promotion: rng.chance(0.3) ? "manual" : "automatic",
    bakeMs: rng.pick([0, 300, 1500]),
  });
}

async function arm({ rng }: Run, worker: WorkerProcess): Promise<void> {
  const count = rng.pick([0, 1, 1, 2, 3]);
  const mild = strikeKinds.filter((kind) => kind !== "kill");
  const strikes: Strike[] = Array.from({ length: count }, () => ({
    point: rng.pick(faultPoints),
    passing: rng.between(1, 3),
    kind: rng.chance(KILLED) ? "kill" : rng.pick(mild),
  }));
  await worker.arm(strikes);
}

/** A worker that looks at the deployment again and again, whoever else does. */
async function work({ play }: Run, worker: WorkerProcess, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !worker.isDead) {
    await play.advance(worker);
    await sleep(20);
  }
}

/** One worker stands still for twice the lease and then goes on as if nothing had been. */
async function pauseOne({ rng, counts }: Run, workers: readonly WorkerProcess[]): Promise<void> {
  if (!rng.chance(0.08)) return;
  await sleep(rng.between(0, 300));
  const worker = rng.pick(workers);
  worker.pause();
  counts.pauses += 1;
  await sleep(PAUSE_MS);
  worker.wake();
}

/** A click at a random moment, through the real control store. Being refused is fine; it changes nothing. */
async function meddle(run: Run): Promise<void> {
  const { play, rng, counts } = run;
  if (!rng.chance(0.6)) return;
  await sleep(rng.between(0, 2000));
  const rolloutId = (await play.seen())?.id ?? "";
  const { deploymentId } = play.site;
  const drawn = rng.next();
  counts.clicks += 1;
  if (drawn < 0.6) await tolerated(() => play.click({ method: "rollback", args: [deploymentId, null] }));
  else if (drawn < 0.8)
    await tolerated(() => play.click({ method: "requestOfRollout", args: [rolloutId, "abort", null] }));
  else {
    await tolerated(() => play.click({ method: "setMode", args: [deploymentId, "diverted", null] }));
    await sleep(rng.between(0, 300));
    await tolerated(() => play.click({ method: "setMode", args: [deploymentId, "live", null] }));
  }
}

async function tolerated(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
  }
}

/** Nothing fails any more: gates are opened, holds resumed, and the rollout must end. */
async function settle({ lane, play }: Run): Promise<void> {
  const worker = await lane.healthy();
  const ends = new Set([...ENDED, "awaiting-promotion"]);
  for (;;) {
    await play.until(worker, ends);
    const seen = await play.seen();
    if (seen === null || ENDED.has(seen.phase)) return;
    await tolerated(() => play.click({ method: "requestOfRollout", args: [seen.id, "promote", null] }));
    await patiently(async () => void (await play.advance(worker)));
  }
}
