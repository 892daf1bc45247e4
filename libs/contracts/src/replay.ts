import { ReplayComparison, ReplayPolicy, ReplayReport, ReplayWords } from "@tandem/domain/replay";
import { z } from "zod";

/** Past sessions of the live release, to be had again on both slots. */
export const RequestReplay = ReplayPolicy.omit({ gate: true }).partial().prefault({}).meta({ id: "RequestReplay" });
export type RequestReplay = z.infer<typeof RequestReplay>;

export const ReplayReference = z.object({ replayId: z.uuid() }).meta({ id: "ReplayReference" });

export const Replay = z
  .object({
    id: z.uuid(),
    deploymentId: z.uuid(),
    rolloutId: z.uuid().nullable().describe("The rollout whose gate it is for; null: somebody asked for it."),
    state: z.enum(["pending", "done", "failed"]),
    report: ReplayReport.nullable(),
    failure: z.string().nullable(),
    sessions: z.array(
      ReplayComparison.extend({
        words: ReplayWords.nullable().describe("For roles that may read transcripts, as long as they are kept."),
      }),
    ),
  })
  .meta({ id: "Replay" });
export type Replay = z.infer<typeof Replay>;
