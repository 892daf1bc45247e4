import { isSwitched, Phase, reasons, type Rollout, transition } from "@tandem/domain/rollout";
import { liveCallsOn } from "./observe/live-calls.ts";
import { stageOf } from "./stage-table.ts";
import type { StageOutcome, StageRun } from "./stage.ts";
import { watchHeld } from "./watch-held.ts";

const GOING_BACK: ReadonlySet<string> = new Set(["aborting", "rolling-back"]);

/** What has to be done with a rollout now: what people want comes first, then holds, then the stage of its phase. Null: nothing. */
export async function routeOf(run: StageRun, engineVersion: string): Promise<StageOutcome | null> {
  if (!isKnown(run.rollout)) return leftAlone(run);
  return (
    wishOf(run) ??
    versionHold(run, engineVersion) ??
    suspension(run) ??
    (run.rollout.phase === "held" ? leaveHold(run) : work(run))
  );
}

/** False for a phase that a later engine has added: what follows from it is not this one's to say. */
const isKnown = ({ phase, heldPhase }: Rollout): boolean =>
  Phase.safeParse(phase).success && (heldPhase === null || Phase.safeParse(heldPhase).success);

function leftAlone({ context, rollout }: StageRun): null {
  context.log.warn(
    { rolloutId: rollout.id, phase: rollout.phase },
    "the phase is of a later engine; it is left to one",
  );
  return null;
}

/** An abort or a pause that was asked for is taken up here, at the first look after the click. */
function wishOf(run: StageRun): StageOutcome | null {
  const { rollout, view } = run;
  const { desired } = rollout;
  if ((desired !== "abort" && desired !== "pause") || GOING_BACK.has(rollout.phase)) return null;
  const next = transition(rollout, desired, isSwitched(rollout, view.pointer));
  if (next.kind !== "moved") return null;
  if (desired === "pause") return { event: "pause", reason: { code: "rollout-paused", detail: rollout.phase } };
  return {
    event: "abort",
    reason: { code: "abort-asked", detail: rollout.reason?.code === "abort-asked" ? rollout.reason.detail : "" },
  };
}

/** A rollout that a later major version of the engine began is left to it. */
function versionHold(run: StageRun, engineVersion: string): StageOutcome | null {
  const major = Number.parseInt(run.rollout.engineVersion, 10);
  if (run.rollout.phase === "held" || !(major > Number.parseInt(engineVersion, 10))) return null;
  return {
    event: "hold",
    reason: {
      code: "engine-version",
      detail: `began with engine ${run.rollout.engineVersion}, this is ${engineVersion}`,
    },
  };
}

/** A suspended tenant's rollouts stop where they are, except those that clean up. */
function suspension(run: StageRun): StageOutcome | null {
  const { phase } = run.rollout;
  if (run.view.tenantStatus !== "suspended" || phase === "held" || GOING_BACK.has(phase)) return null;
  return { event: "tenant-suspended", reason: { code: "tenant-suspended", detail: "" } };
}

/** Some holds end by themselves once their cause is gone; the others wait for a person. A release with callers is watched all the same. */
async function leaveHold(run: StageRun): Promise<StageOutcome | null> {
  const { reason } = run.rollout;
  const isSelfResuming = reason !== null && isSelfResumingCode(reason.code);
  if (isSelfResuming && !(await hasCause(run, reason.code))) return { event: "resume", reason: null };
  const watched = await watchHeld(run);
  if (!isSelfResuming) return watched;
  return {
    ...(watched ?? { event: "hold", reason: { code: reason.code as "slot-draining", detail: reason.detail } }),
    dueInMs: run.context.settings.bakeCheckMs,
  };
}

function isSelfResumingCode(code: string): boolean {
  const entry = Object.hasOwn(reasons, code) ? reasons[code as keyof typeof reasons] : null;
  return entry !== null && "isSelfResuming" in entry;
}

async function hasCause(run: StageRun, code: string): Promise<boolean> {
  if (code === "tenant-suspended") return run.view.tenantStatus === "suspended";
  return (await liveCallsOn(run, run.target)) > 0;
}

async function work(run: StageRun): Promise<StageOutcome | null> {
  const stage = stageOf(run.rollout.phase, run);
  return stage === null ? null : stage(run);
}
