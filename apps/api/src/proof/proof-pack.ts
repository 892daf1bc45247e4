import type { AuditCheckpoint } from "@tandem/domain/audit";
import type { SmokeReport } from "@tandem/domain/rollout";
import type { Instant } from "@tandem/kernel";
import type { AuditRow } from "@tandem/ports/store/control";

/** One line of a rollout's story. */
export interface StoryLine {
  readonly at: Instant;
  readonly phase: string;
  readonly text: string;
}

/** Something a rollout waited for, was held for or ended with. */
export interface ReasonSeen {
  readonly at: Instant;
  readonly phase: string;
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly nextAction: string;
}

export interface ShownFinding {
  readonly severity: string;
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly address: string;
  readonly fix: string;
}

export interface ShownApproval {
  readonly who: string;
  readonly decision: string;
  readonly at: Instant;
  readonly planHash: string | null;
  readonly via: string;
  readonly reason: string | null;
}

/** One weighing of calls as the timeline keeps it. */
export interface ShownVerdict {
  readonly at: Instant;
  readonly kind: string;
  readonly detail: string;
  readonly baseline: string;
  readonly isReduced: boolean;
  readonly alarms: readonly string[];
  readonly comparisons: readonly {
    readonly metric: string;
    readonly candidate: number | null;
    readonly baseline: number | null;
    readonly candidateSamples: number;
    readonly baselineSamples: number;
    readonly state: string;
  }[];
}

/** Everything that is known of one rollout, for whoever was not there. Times are UTC; hashes SHA-256 of canonical JSON. */
export interface ProofContent {
  readonly format: "tandem-proof-1";
  readonly generatedAt: Instant;
  readonly generatedFor: string;
  readonly software: { readonly version: string; readonly engineVersion: string };
  readonly rollout: {
    readonly id: string;
    readonly deployment: {
      readonly id: string;
      readonly name: string;
      readonly playbook: string;
      readonly environment: string;
    };
    readonly release: { readonly hash: string; readonly name: string; readonly manifestHash: string | null };
    readonly targetSlot: string;
    readonly phase: string;
    readonly strategy: string;
    readonly startedBy: string;
    readonly startedAt: Instant;
    readonly updatedAt: Instant;
    readonly reason: { readonly code: string; readonly detail: string; readonly nextAction: string } | null;
  };
  readonly story: readonly StoryLine[];
  readonly plan: {
    readonly id: string;
    readonly hash: string;
    readonly summary: string;
    readonly prose: string;
    readonly previousRelease: string | null;
  } | null;
  readonly preflight: readonly ShownFinding[];
  readonly approvals: readonly ShownApproval[];
  /** Null before the smoke test. `areWordsHidden`: the reader may not see what was said. */
  readonly smoke: (SmokeReport & { readonly at: Instant; readonly areWordsHidden: boolean }) | null;
  readonly latency: {
    readonly targetMs: number | null;
    readonly estimated: { readonly p50Ms: number; readonly p95Ms: number } | null;
    readonly smoke: { readonly p50Ms: number; readonly p95Ms: number; readonly turns: number } | null;
    readonly live: readonly {
      readonly region: string;
      readonly p50Ms: number;
      readonly p95Ms: number;
      readonly turns: number;
    }[];
  };
  readonly evidence: readonly ShownVerdict[];
  readonly faults: {
    /** Operations that were asked for more than once. */
    readonly retried: number;
    /** Operations whose outcome was unknown and that were found done. */
    readonly adopted: number;
    /** Leases under which operations were written: more than one means that another run took over. */
    readonly leases: number;
    readonly reasons: readonly ReasonSeen[];
    readonly operations: readonly {
      readonly seq: number;
      readonly stage: string;
      readonly address: string;
      readonly verb: string;
      readonly vendor: string;
      readonly state: string;
      readonly attempts: number;
      readonly outcome: string | null;
    }[];
  };
  readonly pointerMoves: readonly {
    readonly at: Instant;
    readonly cause: string;
    readonly active: string;
    readonly generation: number;
    readonly actor: string;
  }[];
  readonly audit: {
    readonly rows: readonly AuditRow[];
    /** The first that covers the last row; null while there is none. */
    readonly checkpoint: AuditCheckpoint | null;
    readonly isWhole: boolean;
  };
  readonly dataHandling: {
    readonly kinds: readonly { readonly kind: string; readonly where: string; readonly keptDays: number | null }[];
    readonly redactedKinds: readonly string[];
    readonly region: string;
    readonly subProcessors: readonly { readonly vendor: string; readonly roles: readonly string[] }[];
  };
}

/** The content with what vouches for it. */
export interface ProofPack {
  readonly content: ProofContent;
  /** SHA-256 of the content's canonical JSON. */
  readonly contentHash: string;
  /** Ed25519 over `proofText(contentHash)`; null where the installation has no key for it. */
  readonly signature: { readonly keyId: string; readonly signature: string; readonly publicKey: string } | null;
}
