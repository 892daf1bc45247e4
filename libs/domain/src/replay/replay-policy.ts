import { z } from "zod";

/** Whether and how past sessions are replayed before callers come to a release. */
export const ReplayPolicy = z.strictObject({
  /** Past sessions that are replayed, most. */
  sessions: z.int().min(1).max(100),
  /** Sessions of so many days, counted back from now. */
  maxAgeDays: z.int().min(1).max(365),
  /** Share of compared sessions that may end differently, 0–1. */
  maxDifferingShare: z.number().min(0).max(1),
  /** `off`: nothing is replayed · `show`: what differs is shown · `hold`: too much of it holds the rollout until a person has looked. */
  gate: z.enum(["off", "show", "hold"]),
});
export type ReplayPolicy = z.infer<typeof ReplayPolicy>;

/** What holds where nobody says otherwise. Each session costs three conversations with the release's models: nobody pays for them unasked. */
export const defaultReplay: ReplayPolicy = { sessions: 20, maxAgeDays: 30, maxDifferingShare: 0.1, gate: "off" };
