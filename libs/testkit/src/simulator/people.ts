import { AppError } from "@tandem/kernel";
import type { EvidencePolicy } from "@tandem/domain/evidence";
import { type CanaryStep, type Rollout, type RolloutPolicy, terminalPhases } from "@tandem/domain/rollout";
import type { SeededRng } from "../time/seeded-rng.ts";
import type { Installation } from "./installation.ts";
import { type Place, places, releaseFor } from "./places.ts";

const POLL_MS = 900;

/** How far the rollouts of a run go. */
export interface Script {
  /** Rollouts one after the other at the first place. */
  readonly rollouts: number;
  /** A neighbour that is rolled out at the same time. */
  readonly neighbour: Place | null;
}

export const scriptOf = (rng: SeededRng): Script => ({
  rollouts: rng.chance(0.25) ? 2 : 1,
  neighbour: rng.chance(0.2) ? (places[rng.chance(0.75) ? 1 : 2] ?? null) : null,
});

/** People at work: rollouts with approvals, clicks at bad moments, and somebody who looks after holds. */
export async function playScript(installation: Installation, { rollouts, neighbour }: Script): Promise<void> {
  const [place] = places;
  const story = async (where: Place, count: number): Promise<void> => {
    for (let number = 0; number < count; number += 1)
      await (isUnderWay(installation, where) ? endWell(installation, where) : rollOut(installation, where, number > 0));
  };
  let isOver = false;
  for (const where of [place, ...(neighbour === null ? [] : [neighbour])])
    void installation.callers.call(where.deploymentId, () => isOver);
  if (installation.rng.chance(0.5)) void cutOffSometime(installation);
  await Promise.all([story(place, rollouts), ...(neighbour === null ? [] : [story(neighbour, 1)])]);
  isOver = true;
}

const isUnderWay = ({ database }: Installation, { deploymentId }: Place): boolean => {
  const phase = database.state(deploymentId).rollouts.at(-1)?.phase;
  return phase !== undefined && !terminalPhases.has(phase);
};

/** Somebody meddles with a rollout, and somebody sees to it that it ends. */
const endWell = (installation: Installation, place: Place): Promise<unknown> =>
  Promise.all([meddle(installation, place), lookAfter(installation, place)]);

async function cutOffSometime(installation: Installation): Promise<void> {
  await installation.clock.sleep(installation.rng.between(0, 25_000));
  await cutOffNode(installation, 8000);
}

/** One node hears nothing of the tables for a while, and they sometimes nothing of it. */
const cutOffNode = ({ rng, nodes }: Installation, mostMs: number): Promise<void> =>
  rng.pick(nodes).deafen(rng.between(500, mostMs), rng.chance(0.5));

async function rollOut(installation: Installation, place: Place, mayBeBad: boolean): Promise<void> {
  const { rng, operator, bad, faulty } = installation;
  const { bundle, hash } = releaseFor(place, {
    prompt: `prompt ${rng.between(1, 3)}`,
    voice: rng.pick(["calm", "bright"]),
    properties: rng.chance(0.5) ? ["lead_source"] : [],
    lists: rng.chance(0.5) ? ["callers"] : [],
    hasCalendar: rng.chance(0.3),
  });
  const isLive = liveBundleOf(installation, place) !== null;
  if ((mayBeBad || isLive) && rng.chance(0.12)) bad.add(hash);
  else if (rng.chance(0.06)) faulty.add(hash);
  await operator.start(place.deploymentId, { bundle, bundleHash: hash, policy: policyOf(rng, isLive) });
  installation.ring(place);
  await endWell(installation, place);
}

function liveBundleOf({ database }: Installation, { deploymentId }: Place): string | null {
  const { pointer, slots } = database.state(deploymentId);
  return pointer.active === "none" ? null : slots[pointer.active].bundleHash;
}

const policyOf = (rng: SeededRng, isLive: boolean): RolloutPolicy => ({
  approval: rng.chance(0.3) ? "required" : "none",
  promotion: rng.chance(0.3) ? "manual" : "automatic",
  bakeMs: rng.between(500, 4000),
  approvalTtlMs: rng.chance(0.1) ? 1000 : 30_000,
  ...(rng.chance(0.3) && { approvals: 2 }),
  ...(rng.chance(0.3) && { evidence: evidenceOf(rng) }),
  ...(isLive && rng.chance(0.3) && { strategy: { kind: "canary", steps: stepsOf(rng) } }),
});

/** Few calls come in a run's minute: a release may be judged by one, and often by none. */
const evidenceOf = (rng: SeededRng): EvidencePolicy => ({
  minCalls: rng.between(1, 3),
  extendMs: rng.between(0, 12_000),
  whenInconclusive: rng.chance(0.5) ? "hold" : "accept",
  margins: rng.chance(0.5) ? { booked: 0.5, errors: 2 } : {},
  falseBreachRate: 0.3,
  falsePassRate: 0.4,
});

const stepsOf = (rng: SeededRng): readonly CanaryStep[] =>
  [500, 2500, 6000].slice(0, rng.between(1, 3)).map((weightBp) => ({ weightBp, watchMs: rng.between(300, 2000) }));

/** Clicks that may come at any moment. Being refused is fine; it changes nothing. */
async function meddle(installation: Installation, place: Place): Promise<void> {
  const { rng, clock, operator } = installation;
  const { deploymentId } = place;
  await (rng.chance(0.5) ? clock.sleep(rng.between(0, 20_000)) : untilLate(installation, place));
  const drawn = rng.next();
  if (drawn < 0.3) {
    if (rng.chance(0.3)) void cutOffNode(installation, 12_000);
    await attempt(() => operator.rollback(deploymentId));
  } else if (drawn < 0.4) await attempt(() => operator.ask(deploymentId, "abort"));
  else if (drawn < 0.5) {
    await attempt(() => operator.setMode(deploymentId, "diverted"));
    await clock.sleep(rng.between(0, 3000));
    await attempt(() => operator.setMode(deploymentId, "live"));
  } else if (drawn < 0.58) {
    operator.setTenantStatus(deploymentId, "suspended");
    await clock.sleep(rng.between(0, 5000));
    operator.setTenantStatus(deploymentId, "active");
  } else if (drawn < 0.66) await attempt(() => operator.ask(deploymentId, "pause"));
  else if (drawn < 0.7) await attempt(() => operator.ask(deploymentId, "reject"));
  else if (drawn < 0.76) await attempt(() => operator.ask(deploymentId, "skip"));
  else if (drawn < 0.84) await operator.freeze(rng.between(500, 8000));
  installation.ring(place);
}

const LATE = [
  "smoke-testing",
  "awaiting-promotion",
  "shifting",
  "switching",
  "baking",
  "retiring",
  "aborting",
  "rolling-back",
];

/** Waits for a moment around or after the switch, where a click hurts most. */
async function untilLate({ rng, clock, database }: Installation, { deploymentId }: Place): Promise<void> {
  const since = rng.between(0, LATE.length - 1);
  const isThen = () => {
    const phase = database.state(deploymentId).rollouts.at(-1)?.phase ?? "succeeded";
    return terminalPhases.has(phase) || LATE.indexOf(phase) >= since;
  };
  const sinceMs = clock.now();
  while (!isThen() && clock.now() - sinceMs < 90_000) await database.history.next();
  await clock.sleep(rng.between(0, 1500));
}

async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
  }
}

/** Opens gates, ends pauses, resumes holds, gives up on what does not get better. Returns when the rollout has ended. */
export async function lookAfter(installation: Installation, place: Place): Promise<void> {
  const { clock, database, rng } = installation;
  for (let holds = 0; ;) {
    await clock.sleep(POLL_MS + rng.between(0, 600));
    const rollout = database.state(place.deploymentId).rollouts.at(-1);
    if (rollout === undefined || terminalPhases.has(rollout.phase)) return;
    await openGate(installation, place, rollout);
    if (rollout.phase === "held") await treatHold(installation, place, (holds += 1));
    if (rng.chance(0.12)) installation.ring(place);
  }
}

async function openGate({ operator }: Installation, { deploymentId }: Place, rollout: Rollout): Promise<void> {
  if (rollout.phase === "awaiting-approval" && rollout.approvedBy === null)
    for (const subject of ["user:first-approver", "user:author", "user:second-approver"])
      await attempt(() => operator.ask(deploymentId, "approve", { subject }));
  if (rollout.phase === "awaiting-promotion" && rollout.desired === "continue")
    await attempt(() => operator.ask(deploymentId, "promote"));
  if (rollout.desired === "pause") await attempt(() => operator.ask(deploymentId, "resume"));
}

const PATIENCE = 4;

async function treatHold(
  { operator, database, rng }: Installation,
  { deploymentId }: Place,
  holds: number,
): Promise<void> {
  const newest = () => database.state(deploymentId).rollouts.at(-1);
  if (newest()?.reason?.code === "evidence-inconclusive" && rng.chance(0.4))
    return attempt(() => operator.ask(deploymentId, "promote"));
  const isCleaning = ["aborting", "rolling-back"].includes(newest()?.heldPhase ?? "");
  if (holds <= PATIENCE || isCleaning) return attempt(() => operator.ask(deploymentId, "resume"));
  await attempt(() => operator.rollback(deploymentId));
  if (newest()?.phase === "held") await attempt(() => operator.detach(deploymentId));
}
