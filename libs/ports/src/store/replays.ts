import type { Instant } from "@tandem/kernel";
import type {
  PastCandidate,
  RecordedTool,
  ReplayComparison,
  ReplayPolicy,
  ReplayReport,
  ReplayWords,
} from "@tandem/domain/replay";

/** Which past sessions may be replayed. */
export interface PastQuery {
  readonly tenantId: string;
  readonly deploymentId: string;
  /** Hash of the release that they were held on. */
  readonly release: string;
  readonly maxAgeDays: number;
  readonly limit: number;
}

/** A past session as it may still be read: its words, redacted, and what its tools answered. */
export interface PastSession extends PastCandidate {
  readonly startedAt: Instant;
  /** What the caller said, turn by turn; empty: they were silent. */
  readonly said: readonly string[];
  readonly recorded: readonly RecordedTool[];
  /** Until when words of it may be kept. */
  readonly keptUntil: Instant;
}

/** One session's outcome, to be kept. */
export interface KeptReplay {
  readonly tenantId: string;
  readonly deploymentId: string;
  /** The rollout whose gate it is for, or the replay that somebody asked for. */
  readonly replayId: string;
  readonly comparison: ReplayComparison;
  readonly words: ReplayWords;
  /** Words are taken out after this. */
  readonly wordsUntil: Instant;
}

/** A replay that somebody asked for. */
export interface AskedReplay {
  readonly tenantId: string;
  readonly id: string;
  readonly deploymentId: string;
  readonly policy: ReplayPolicy;
}

/** The worker's side of replays. Implemented on PostgreSQL by `libs/store` and in memory by `libs/testkit`. */
export interface ReplayStore {
  /** Live, ended inbound calls whose words are still kept, newest first. */
  candidates(query: PastQuery): Promise<readonly PastCandidate[]>;
  /** Null when its words are gone meanwhile. */
  pastSession(tenantId: string, sessionId: string): Promise<PastSession | null>;
  /** What was compared before, also by a worker that died. */
  kept(tenantId: string, replayId: string): Promise<readonly ReplayComparison[]>;
  /** Once per replay and session; a second time changes nothing. */
  keep(replay: KeptReplay): Promise<void>;
  /** Takes a replay that was asked for and that nobody works on; null when there is none. The claim ends after `leaseMs`. */
  claimReplay(leaseMs: number): Promise<AskedReplay | null>;
  renewReplay(replay: AskedReplay, leaseMs: number): Promise<void>;
  /** The report, or why there is none. The first ending counts. */
  finishReplay(replay: AskedReplay, ending: ReplayReport | { readonly failure: string }): Promise<void>;
}

/** A replay as people see it. */
export interface ReplayView {
  readonly id: string;
  readonly deploymentId: string;
  /** Null for one that somebody asked for. */
  readonly rolloutId: string | null;
  readonly state: "pending" | "done" | "failed";
  readonly report: ReplayReport | null;
  readonly failure: string | null;
  /** Those that differ first. Words are null for whoever may not read them, and once their days are over. */
  readonly sessions: readonly (ReplayComparison & { readonly words: ReplayWords | null })[];
}
