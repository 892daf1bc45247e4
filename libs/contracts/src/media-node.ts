import { z } from "zod";
import { InstantText } from "./json.ts";
import { pageOf } from "./page.ts";

/** A media node that answers calls, as it last told of itself. */
export const MediaNode = z
  .object({
    id: z.uuid().describe("Of the folder that holds what the node knows."),
    name: z.string().describe("As sessions name it."),
    region: z.string(),
    lookedAt: InstantText.describe("The last look at all pointers that it serves, by the database's clock."),
    silentMs: z.int().min(0).describe("How long ago that was, milliseconds."),
  })
  .meta({ id: "MediaNode" });
export type MediaNode = z.infer<typeof MediaNode>;
export const MediaNodePage = pageOf("MediaNodePage", MediaNode);

export const ForgetMediaNode = z
  .strictObject({ reason: z.string().min(1).max(500).describe("Kept in the audit log.") })
  .meta({ id: "ForgetMediaNode" });
export type ForgetMediaNode = z.infer<typeof ForgetMediaNode>;
