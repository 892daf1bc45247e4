import { z } from "zod";

/** `aborting`: nothing more is begun, and what runs ends first. The last two are final. */
export const FleetState = z.enum(["running", "paused", "aborting", "completed", "aborted"]);
export type FleetState = z.infer<typeof FleetState>;

/** How one deployment does in a fleet rollout. */
export const MemberState = z.enum([
  /** In line. */
  "pending",
  /** Something of its tenant stands in the way; looked at again. */
  "waiting",
  /** About to be begun: the intent, written before its rollout. */
  "beginning",
  /** Its own rollout goes on. */
  "running",
  /** Its rollout waits for a person longer than the fleet waits for it; the rollout itself goes on. */
  "overdue",
  "succeeded",
  "rolled-back",
  "aborted",
  "failed",
  /** No release could be made of its configuration, or its rollout was refused. */
  "blocked",
  /** Left out on purpose, with a reason. */
  "skipped",
]);
export type MemberState = z.infer<typeof MemberState>;

/** States in which nothing happens any more. */
export const endedStates: ReadonlySet<MemberState> = new Set<MemberState>([
  "succeeded",
  "rolled-back",
  "aborted",
  "failed",
  "blocked",
  "skipped",
]);

/** States that speak against the release. `overdue` does so only when its rollout is held. */
export const failedStates: ReadonlySet<MemberState> = new Set<MemberState>([
  "rolled-back",
  "aborted",
  "failed",
  "blocked",
]);

const DAY_MS = 24 * 3_600_000;
const LONGEST_MS = 14 * DAY_MS;

/** How many members of a wave may fail before the fleet rollout pauses by itself. */
export const FailureBudget = z.union([
  z.strictObject({ count: z.int().min(0).max(100_000) }),
  z.strictObject({ share: z.number().min(0).max(1) }),
]);
export type FailureBudget = z.infer<typeof FailureBudget>;

/** What a wave keeps to. */
export const WaveLimits = z.strictObject({
  /** Rollouts that go on at the same time. */
  concurrency: z.int().min(1).max(1000),
  /** Of them, those of one tenant. */
  perTenant: z.int().min(1).max(1000),
  budget: FailureBudget,
  /** How long a wave is watched after its last rollout has ended before the next begins, milliseconds. */
  bakeMs: z.int().min(0).max(LONGEST_MS),
});
export type WaveLimits = z.infer<typeof WaveLimits>;

/** Who belongs to a wave: the early-access cohort, a number of members, all up to a share of the whole fleet, or the rest. */
export const RingMembers = z.union([
  z.strictObject({ cohort: z.literal("early-access") }),
  z.strictObject({ count: z.int().min(1).max(100_000) }),
  z.strictObject({ share: z.number().gt(0).max(1) }),
  z.strictObject({ rest: z.literal(true) }),
]);

/** A wave as it is asked for. */
export const Ring = z.strictObject({
  name: z.string().min(1).max(60),
  members: RingMembers,
  /** What differs from the fleet rollout's own limits. */
  limits: WaveLimits.partial().optional(),
});
export type Ring = z.infer<typeof Ring>;

export const defaultRings: readonly Ring[] = [
  { name: "early access", members: { cohort: "early-access" } },
  { name: "1 %", members: { share: 0.01 } },
  { name: "10 %", members: { share: 0.1 } },
  { name: "50 %", members: { share: 0.5 } },
  { name: "rest", members: { rest: true } },
];

export const defaultLimits: WaveLimits = {
  concurrency: 10,
  perTenant: 2,
  budget: { share: 0.02 },
  bakeMs: 3_600_000,
};

/** How long the fleet waits for what only a person of the tenant can change. */
export const FleetPatience = z.strictObject({
  /** A rollout that is held for so long counts as failed, and the fleet goes on without it. Milliseconds. */
  heldMs: z.int().min(0).max(LONGEST_MS),
  /** A member that cannot begin for so long is skipped; one that waits for an approval or promotion is no longer waited for. */
  waitMs: z.int().min(0).max(LONGEST_MS),
});
export type FleetPatience = z.infer<typeof FleetPatience>;

export const defaultPatience: FleetPatience = { heldMs: 3_600_000, waitMs: DAY_MS };

/** One wave of a fleet rollout. */
export interface Wave {
  readonly id: string;
  /** From 0, in the order in which they run. */
  readonly position: number;
  readonly name: string;
  readonly limits: WaveLimits;
  /** How many members it has. */
  readonly size: number;
  /** Failures that a person has accepted by resuming: they no longer count against the budget. */
  readonly acceptedFailures: number;
  /** `baking` until `bakeUntilMs`. */
  readonly state: "pending" | "running" | "baking" | "done";
  /** Epoch milliseconds; null unless baking. */
  readonly bakeUntilMs: number | null;
}

/** Why it stands or ended, and what to do next. */
export interface FleetReason {
  readonly code: string;
  /** Safe to show; figures, no names of tenants. */
  readonly detail: string;
  readonly nextAction: string;
}

/** What the planner needs to know about a fleet rollout. */
export interface FleetStanding {
  readonly id: string;
  readonly state: FleetState;
  readonly reason: FleetReason | null;
  /** Position of the wave that runs. */
  readonly wavePosition: number;
  readonly patience: FleetPatience;
  /** Whether an abort also asks the rollouts in progress to abort. */
  readonly abortsRunning: boolean;
}
