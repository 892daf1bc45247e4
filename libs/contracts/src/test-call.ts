import { SmokeScenarioReport } from "@tandem/domain/rollout";
import { z } from "zod";
import { InstantText } from "./json.ts";
import { pageOf } from "./page.ts";

const SlotName = z.enum(["blue", "green"]);

export const RequestTestCall = z
  .strictObject({
    slot: SlotName.describe("Which slot is called; callers notice nothing."),
    script: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        "Name of a conversation of the release, or of the standard set; absent: the first that writes nothing at a vendor.",
      ),
  })
  .meta({ id: "RequestTestCall" });
export type RequestTestCall = z.infer<typeof RequestTestCall>;

/** A call that a scripted caller places to a slot, as a smoke test does. */
export const TestCall = z
  .object({
    id: z.uuid(),
    deploymentId: z.uuid(),
    slot: SlotName,
    script: z.string().nullable(),
    state: z.enum(["pending", "done", "failed"]),
    requestedBy: z.string(),
    createdAt: InstantText,
    finishedAt: InstantText.nullable(),
    code: z.string().nullable().describe("Why it could not be placed; listed in docs/errors.md."),
    detail: z.string().nullable(),
    result: z
      .object({
        ...SmokeScenarioReport.shape,
        slot: SlotName,
        release: z.string(),
        sessionId: z.string().nullable().describe("The call among the sessions, of kind `trial`."),
        endedBy: z.string().describe("Who ended it: agent, caller, hand-off or nobody."),
      })
      .nullable()
      .describe("Words as they were heard, with times, and latency per turn; null until it is done."),
  })
  .meta({ id: "TestCall" });
export type TestCall = z.infer<typeof TestCall>;
export const TestCallPage = pageOf("TestCallPage", TestCall);
