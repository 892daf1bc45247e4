import { z } from "zod";

/** One thing in which two replays of a session came to something else. Names and counts, no words of the call. */
export const ReplayDifference = z.object({
  aspect: z.enum(["disposition", "hand-off", "language", "objectives", "tools", "trouble"]),
  before: z.string(),
  after: z.string(),
});
export type ReplayDifference = z.infer<typeof ReplayDifference>;

/** What a release made of a session. */
export const ReplaySide = z.object({
  disposition: z.string(),
  handedOffTo: z.enum(["human", "emergency"]).nullable(),
  turns: z.int(),
  objectives: z.array(z.string()),
  tools: z.array(z.string()),
  /** Tools that the past call had not asked for in this way. */
  notRecorded: z.int(),
  trouble: z.string().nullable(),
});
export type ReplaySide = z.infer<typeof ReplaySide>;

/**
 * A session replayed on both releases. `same` · `differs` from both replays on the live release · `not-recorded`: the live release itself
 * asked for what the past call had not · `failed`: it could not be replayed on the live release. Only the first two are counted.
 */
export const ReplayVerdict = z.enum(["same", "differs", "not-recorded", "failed"]);
export type ReplayVerdict = z.infer<typeof ReplayVerdict>;

export const ReplayComparison = z.object({
  sessionId: z.string(),
  /** Outcome of the call when it was live. */
  pastDisposition: z.string(),
  verdict: ReplayVerdict,
  /** The live release came to something else when it was asked a second time. */
  isUnsteady: z.boolean(),
  differences: z.array(ReplayDifference),
  /** Turn at which the ways part; null: they do not. */
  partsAtTurn: z.int().nullable(),
  before: ReplaySide,
  after: ReplaySide,
});
export type ReplayComparison = z.infer<typeof ReplayComparison>;

/** What the replays of a release's past sessions show. */
export const ReplayReport = z.object({
  /** Hashes of the live release and of the one on the other slot. */
  before: z.string(),
  after: z.string(),
  /** `same` as much as the policy asks for · `differs` more than it allows · `nothing`: no session could be asked for. */
  verdict: z.enum(["same", "differs", "nothing"]),
  detail: z.string(),
  sessions: z.int(),
  compared: z.int(),
  differing: z.int(),
  /** Of `compared`, 0–1. */
  differingShare: z.number(),
  /** Compared sessions in which the live release differs from itself: what of the differing ones may be chance. */
  unsteady: z.int(),
  notRecorded: z.int(),
  failed: z.int(),
  /** Chosen, and not begun within the time. */
  notRun: z.int(),
});
export type ReplayReport = z.infer<typeof ReplayReport>;

/** What was said at the turn where the ways part: for whoever may read transcripts. */
export const ReplayWords = z.object({
  turns: z.array(z.object({ turn: z.int(), said: z.string(), before: z.string(), after: z.string() })),
});
export type ReplayWords = z.infer<typeof ReplayWords>;
