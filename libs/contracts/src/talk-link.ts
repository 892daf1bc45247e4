import { z } from "zod";
import { InstantText } from "./json.ts";

export const MakeTalkLink = z
  .strictObject({ slot: z.enum(["blue", "green"]).describe("Which slot is talked to; callers notice nothing.") })
  .meta({ id: "MakeTalkLink" });
export type MakeTalkLink = z.infer<typeof MakeTalkLink>;

/** Where a person can talk to a slot from a browser. */
export const TalkLink = z
  .object({
    slot: z.enum(["blue", "green"]),
    address: z
      .string()
      .nullable()
      .describe("Good for one call, until `expiresAt`; null when the request is repeated: it is kept nowhere."),
    expiresAt: InstantText.describe("Until when a call may be begun; one that has begun goes on."),
  })
  .meta({ id: "TalkLink" });
export type TalkLink = z.infer<typeof TalkLink>;
