import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";
import { type EventLog, type RolloutEvent, textOf } from "./event-log.ts";

export type Phase = Schemas["Rollout"]["phase"];

/** A part of a rollout's way, as people speak of it. */
export type StageName =
  | "preflight"
  | "plan"
  | "approval"
  | "apply"
  | "smoke-test"
  | "promotion"
  | "canary"
  | "switch"
  | "bake"
  | "retire"
  | "abort"
  | "rollback";

export const STAGE_WORDS: Readonly<Record<StageName, string>> = {
  preflight: "Preflight",
  plan: "Plan",
  approval: "Approval",
  apply: "Apply",
  "smoke-test": "Smoke test",
  promotion: "Promotion",
  canary: "Canary",
  switch: "Switch",
  bake: "Bake",
  retire: "Retire",
  abort: "Abort",
  rollback: "Rollback",
};
export const STAGE_NAMES = Object.keys(STAGE_WORDS) as readonly StageName[];

const STAGE_OF: Readonly<Partial<Record<Phase, StageName>>> = {
  queued: "preflight",
  preflighting: "preflight",
  planning: "plan",
  "awaiting-approval": "approval",
  applying: "apply",
  "smoke-testing": "smoke-test",
  "awaiting-promotion": "promotion",
  shifting: "canary",
  switching: "switch",
  baking: "bake",
  retiring: "retire",
  aborting: "abort",
  "rolling-back": "rollback",
};

const FORWARD: readonly StageName[] = STAGE_NAMES.slice(0, 10);
const ENDED: ReadonlySet<Phase> = new Set<Phase>(["succeeded", "aborted", "rolled-back", "failed"]);

/** True when nothing happens any more. */
export const hasEnded = (phase: Phase): boolean => ENDED.has(phase);

/** A stretch of time that the rollout spent in one phase; `to` is null while it lasts. Milliseconds of the epoch. */
export interface Stretch {
  readonly phase: Phase;
  /** The stage that a hold belongs to; of every other phase its own. */
  readonly stage: StageName | null;
  readonly from: number;
  readonly to: number | null;
}

/** The phases of a rollout by its events. */
export function stretchesOf(log: EventLog): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const event of log) {
    const phase = phaseAfter(event);
    const last = stretches.at(-1);
    if (phase === last?.phase) continue;
    const from = Date.parse(event.at);
    if (last !== undefined) stretches[stretches.length - 1] = { ...last, to: from };
    const stage = STAGE_OF[phase] ?? (phase === "held" ? (last?.stage ?? null) : null);
    stretches.push({ phase, stage, from, to: hasEnded(phase) ? from : null });
  }
  return stretches;
}

const phaseAfter = (event: RolloutEvent): Phase =>
  event.type === "phase-entered" ? ((textOf(event, "to") || event.phase) as Phase) : event.phase;

export type StageState = "ahead" | "done" | "now" | "waits" | "stopped" | "not-needed";

export interface Stage {
  readonly name: StageName;
  readonly state: StageState;
  readonly beganAt: number | null;
  /** Null while it lasts or has not begun. */
  readonly endedAt: number | null;
  /** Time in it that has ended, holds included. */
  readonly spentMs: number;
}

export const STAGE_TONES: Readonly<Record<StageState, Tone>> = {
  ahead: "neutral",
  done: "good",
  now: "busy",
  waits: "warn",
  stopped: "bad",
  "not-needed": "neutral",
};
export const STATE_WORDS: Readonly<Record<StageState, string>> = {
  ahead: "not yet",
  done: "done",
  now: "in progress",
  waits: "waits for a person",
  stopped: "stopped here",
  "not-needed": "not needed",
};

type Asked = Pick<Schemas["Rollout"], "phase" | "policy">;

/** The way of a rollout: what lies behind it, where it is, and what comes. */
export function stagesOf(rollout: Asked, stretches: readonly Stretch[]): readonly Stage[] {
  const ways = stretches.flatMap(({ stage }) => (stage === null ? [] : [stage]));
  const isBack = ways.includes("abort") || ways.includes("rollback");
  const hasStopped = isBack || rollout.phase === "failed";
  const isCanary = rollout.policy.strategy?.kind === "canary";
  const wanted = FORWARD.filter((name) => name !== "canary" || isCanary || ways.includes("canary"));
  const back = (["abort", "rollback"] as const).filter((name) => ways.includes(name));
  const lastForward = ways.findLast((name) => FORWARD.includes(name)) ?? null;
  const seen = hasStopped ? wanted.filter((name) => ways.includes(name)) : wanted;
  return [...seen, ...back].map((name) => stageOf(name, rollout, { stretches, hasStopped, lastForward }));
}

interface Way {
  readonly stretches: readonly Stretch[];
  readonly hasStopped: boolean;
  readonly lastForward: StageName | null;
}

function stageOf(name: StageName, rollout: Asked, { stretches, hasStopped, lastForward }: Way): Stage {
  const own = stretches.filter(({ stage }) => stage === name);
  const last = own.at(-1);
  const isHere = last !== undefined && last.to === null;
  const state = ((): StageState => {
    if (isHere) return waitsForPerson(rollout.phase) ? "waits" : "now";
    if (last === undefined) return "ahead";
    if (hasStopped && name === lastForward) return "stopped";
    return isUnasked(name, rollout) ? "not-needed" : "done";
  })();
  return {
    name,
    state,
    beganAt: own[0]?.from ?? null,
    endedAt: isHere ? null : (last?.to ?? null),
    spentMs: own.reduce((sum, { from, to }) => sum + (to === null ? 0 : to - from), 0),
  };
}

const waitsForPerson = (phase: Phase): boolean =>
  phase === "held" || phase === "awaiting-approval" || phase === "awaiting-promotion";

const isUnasked = (name: StageName, { policy }: Asked): boolean =>
  (name === "approval" && policy.approval === "none") || (name === "promotion" && policy.promotion === "automatic");

/** The stage that a reader wants to see first: where it is, or what ended it; afterwards what callers got, or how it was spoken with. */
export function stageOfInterest(stages: readonly Stage[], hasFigures: boolean): StageName {
  const here = stages.find(({ endedAt, beganAt }) => beganAt !== null && endedAt === null);
  const stopped = stages.findLast(({ state }) => state === "stopped");
  const told = stages.find(({ name, state }) => name === (hasFigures ? "bake" : "smoke-test") && state === "done");
  return (here ?? stopped ?? told ?? stages.findLast(({ state }) => state === "done"))?.name ?? "preflight";
}
