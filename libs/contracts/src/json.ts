import type { Json, JsonObject } from "@tandem/kernel";
import { z } from "zod";

/** Any JSON value. */
export const JsonValue = z.json() as z.ZodType<Json>;

/** A JSON object with members that the schema does not name. */
export const JsonMembers = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>;

/** ISO 8601 UTC with milliseconds. */
export const InstantText = z.iso.datetime();
