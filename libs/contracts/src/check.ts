import { z } from "zod";
import { JsonValue } from "./json.ts";

/** A worker's read-only look at vendors; poll until it is no longer `pending`. */
export const CheckReference = z.object({ checkId: z.uuid() }).meta({ id: "CheckReference" });
export const Check = z
  .object({
    state: z.enum(["pending", "done", "failed"]),
    result: JsonValue.optional(),
    code: z.string().optional(),
    detail: z.string().optional(),
  })
  .meta({ id: "Check" });
