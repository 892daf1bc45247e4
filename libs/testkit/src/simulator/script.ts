import { AppError } from "@tandem/kernel";
import { type RolloutPolicy, terminalPhases } from "@tandem/domain/rollout";
import { buildBundle } from "../builders/bundle.ts";
import { DEPLOYMENT_ID } from "../builders/deployment.ts";
import type { MemoryDatabase } from "../store/memory-database.ts";
import type { Operator } from "../store/operator.ts";
import type { SeededRng } from "../time/seeded-rng.ts";
import type { VirtualClock } from "../time/virtual-clock.ts";

/** What the people of a run have at hand. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly rng: SeededRng;
  readonly database: MemoryDatabase;
  readonly operator: Operator;
  /** Rings a worker's door, or does not. */
  readonly ring: () => void;
  /** Bundles that turn out bad once they are live. */
  readonly bad: Set<string>;
}

const POLL_MS = 700;

/** People at work: two or three rollouts one after the other, with approvals, clicks at bad moments, and somebody who looks after holds. */
export async function playScript(stage: Stage): Promise<void> {
  const { rng } = stage;
  const rollouts = rng.between(2, 3);
  for (let number = 0; number < rollouts; number += 1) {
    const { bundle, hash } = buildBundle({
      deploymentId: DEPLOYMENT_ID,
      prompt: `prompt ${rng.between(1, 3)}`,
      voice: rng.pick(["calm", "bright"]),
      properties: rng.chance(0.5) ? ["lead_source"] : [],
      hasCalendar: rng.chance(0.3),
    });
    if (number > 0 && rng.chance(0.15)) stage.bad.add(hash);
    await stage.operator.start(DEPLOYMENT_ID, { bundle, bundleHash: hash, policy: policyOf(rng) });
    stage.ring();
    await Promise.all([meddle(stage), lookAfter(stage)]);
  }
}

const policyOf = (rng: SeededRng): RolloutPolicy => ({
  approval: rng.chance(0.3) ? "required" : "none",
  promotion: rng.chance(0.3) ? "manual" : "automatic",
  bakeMs: rng.between(500, 4000),
  approvalTtlMs: 30_000,
});

/** Clicks that may come at any moment. Being refused is fine; it changes nothing. */
async function meddle(stage: Stage): Promise<void> {
  const { rng, clock, operator } = stage;
  await (rng.chance(0.5) ? clock.sleep(rng.between(0, 20_000)) : untilLate(stage));
  const drawn = rng.next();
  if (drawn < 0.3) await attempt(() => operator.rollback(DEPLOYMENT_ID));
  else if (drawn < 0.4) await attempt(() => operator.ask(DEPLOYMENT_ID, "abort"));
  else if (drawn < 0.5) {
    await attempt(() => operator.setMode(DEPLOYMENT_ID, "diverted"));
    await clock.sleep(rng.between(0, 3000));
    await attempt(() => operator.setMode(DEPLOYMENT_ID, "live"));
  } else if (drawn < 0.6) {
    operator.setTenantStatus(DEPLOYMENT_ID, "suspended");
    await clock.sleep(rng.between(0, 5000));
    operator.setTenantStatus(DEPLOYMENT_ID, "active");
  }
  stage.ring();
}

/** Waits for a moment around or after the switch, where a click hurts most. */
async function untilLate({ rng, clock, database }: Stage): Promise<void> {
  const late = ["smoke-testing", "awaiting-promotion", "switching", "baking", "retiring", "aborting", "rolling-back"];
  const since = rng.between(0, late.length - 1);
  for (let tries = 0; tries < 600; tries += 1) {
    const rollout = database.state(DEPLOYMENT_ID).rollouts.at(-1);
    if (rollout === undefined || terminalPhases.has(rollout.phase) || late.indexOf(rollout.phase) >= since) break;
    await clock.sleep(150);
  }
  await clock.sleep(rng.between(0, 1500));
}

async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
  }
}

/** Opens gates, resumes holds, gives up on what does not get better. Returns when the rollout has ended. */
async function lookAfter(stage: Stage): Promise<void> {
  const { clock, database, operator } = stage;
  for (let holds = 0; ;) {
    await clock.sleep(POLL_MS + stage.rng.between(0, 600));
    const rollout = database.state(DEPLOYMENT_ID).rollouts.at(-1);
    if (rollout === undefined || terminalPhases.has(rollout.phase)) return;
    if (rollout.phase === "awaiting-approval" && rollout.approvedBy === null)
      await attempt(() => operator.ask(DEPLOYMENT_ID, "approve"));
    if (rollout.phase === "awaiting-promotion" && rollout.desired === "continue")
      await attempt(() => operator.ask(DEPLOYMENT_ID, "promote"));
    if (rollout.phase === "held") await treatHold(stage, (holds += 1));
    if (stage.rng.chance(0.3)) stage.ring();
  }
}

const PATIENCE = 4;

async function treatHold({ operator, database }: Stage, holds: number): Promise<void> {
  const isCleaning = ["aborting", "rolling-back"].includes(
    database.state(DEPLOYMENT_ID).rollouts.at(-1)?.heldPhase ?? "",
  );
  if (holds <= PATIENCE || isCleaning) return attempt(() => operator.ask(DEPLOYMENT_ID, "resume"));
  await attempt(() => operator.rollback(DEPLOYMENT_ID));
  if (database.state(DEPLOYMENT_ID).rollouts.at(-1)?.phase === "held")
    await attempt(() => operator.detach(DEPLOYMENT_ID));
}
