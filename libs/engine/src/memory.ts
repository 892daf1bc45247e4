import type { Json, JsonObject } from "@tandem/kernel";
import type { EvidenceVerdict } from "@tandem/domain/evidence";
import type { Finding } from "@tandem/domain/plan";
import type { ReplayReport } from "@tandem/domain/replay";
import type { Rollout, SmokeReport } from "@tandem/domain/rollout";
import type { TrialCall } from "@tandem/ports/ingress-probe";

/** What a smoke test made at vendors and must remove. */
export interface SmokeLeftover {
  readonly what: "event" | "contact" | "deal";
  readonly connectionId: string;
  /** Calendar of an event; empty otherwise. */
  readonly container: string;
  readonly id: string;
}

/** A test object of preflight that may exist: noted before it is made. */
export interface CanaryWrite {
  readonly what: "booking" | "contact";
  readonly connectionId: string;
  /** Calendar of a booking; empty for a contact. */
  readonly container: string;
  /** Key of a booking, e-mail address of a contact. */
  readonly key: string;
  /** When it was noted, database time. */
  readonly notedMs: number;
}

/** How far a canary has come. */
export interface ShiftMemory {
  /** Index of the step whose share is in force. */
  readonly step: number;
  readonly sinceMs: number;
  /** End of its watch at the earliest; null: a watch of the step's length begins with the next look. */
  readonly endsMs: number | null;
  /** When the release's objects and ingress were last checked; null before. */
  readonly checkedMs: number | null;
  /** Failed checks in a row. */
  readonly failures: number;
}

/** What the stages keep in `rollout.memory` between runs. Epoch milliseconds are database time. */
export interface RolloutMemory {
  /** Failures in a row of the present phase. */
  readonly failures?: number;
  readonly findings?: readonly Finding[];
  /** Test objects of preflight that may still exist. */
  readonly canaries?: readonly CanaryWrite[];
  /** When the plan was last held against what vendors have. */
  readonly validatedAtMs?: number;
  /** The journal exists and the slot is tainted. */
  readonly applyBegun?: boolean;
  /** When the present gate began to wait. */
  readonly gateSinceMs?: number;
  /** Verdict of the smoke test; its scenarios are in the event that reports it. */
  readonly smoke?: Omit<SmokeReport, "scenarios">;
  /** Smoke calls that are under way: what they make must be removed. */
  readonly smokeCalls?: readonly TrialCall[];
  readonly smokeLeftovers?: readonly SmokeLeftover[];
  /** What past sessions came to on the release; absent before they were replayed. */
  readonly replay?: ReplayReport;
  /** The canary step that was taken last; absent before the first. */
  readonly shift?: ShiftMemory;
  readonly bakeStartedMs?: number;
  readonly bakeCheckedMs?: number;
  readonly bakeFailures?: number;
  /** Failed checks in a row of a held release with callers. */
  readonly heldFailures?: number;
  /** Since when the calls of the bake count; a watch that is resumed goes on with them. */
  readonly evidenceSinceMs?: number;
  /** The bake was held for want of evidence: when it goes on, another window begins. */
  readonly bakeUntold?: boolean;
  /** What the calls told at the last look. */
  readonly evidence?: EvidenceVerdict;
  readonly cleanupPlanned?: boolean;
  /** When a rollback first found that the pointer has left the slot. */
  readonly abandonedMs?: number;
  /** The step that the rollout was last held at, and its tries until then: after a resume they count anew. */
  readonly heldStep?: { readonly seq: number; readonly attempt: number };
  /** Why the rollout goes back, kept while it waits for other things. */
  readonly cause?: { readonly code: string; readonly detail: string };
}

export const memoryOf = (rollout: Pick<Rollout, "memory">): RolloutMemory => rollout.memory;

/** The memory with a patch on top; `undefined` removes a member. */
export function remembered(
  memory: JsonObject,
  patch: { readonly [Member in keyof RolloutMemory]: RolloutMemory[Member] | undefined },
): JsonObject {
  const all = { ...memory, ...patch } as { readonly [member: string]: Json | undefined };
  const kept: { [member: string]: Json } = {};
  for (const member of Object.keys(all)) if (all[member] !== undefined) kept[member] = all[member];
  return kept;
}
