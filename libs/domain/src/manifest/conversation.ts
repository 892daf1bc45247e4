import { z } from "zod";
import { neverTemplate } from "./authored.ts";

/** Name of a field, an objective or a tool. */
export const Name = neverTemplate(
  z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be lower-case snake_case, at most 40 characters"),
);

/** Something the conversation collects. */
export const Field = z.strictObject({
  name: Name,
  type: z.enum(["text", "phone-number", "email", "date", "time", "date-time", "number", "boolean", "choice"]),
  description: z.string(),
  choices: neverTemplate(z.array(z.string())).optional(),
  /** How it is confirmed with the caller. */
  confirm: z.enum(["none", "implicit", "explicit"]),
  required: z.boolean(),
  /** Personal data is redacted before it is stored. */
  personal: z.boolean(),
});
export type Field = z.infer<typeof Field>;

/** One step of the conversation: what to reach, what to collect, which tools may be used, where to go next. */
export const Objective = z.strictObject({
  name: Name,
  instruction: z.string(),
  collect: z.array(Name),
  tools: z.array(Name),
  /** Which model of the LLM chain the step uses; `light` when absent. */
  tier: z.enum(["light", "full"]).optional(),
  /** First transition whose condition holds; `end` closes the call. */
  next: z.array(
    z.strictObject({
      when: z.discriminatedUnion("is", [
        z.strictObject({ is: z.literal("collected"), fields: z.array(Name).min(1) }),
        z.strictObject({ is: z.literal("equals"), field: Name, value: z.union([z.string(), z.number(), z.boolean()]) }),
        z.strictObject({ is: z.literal("tool-result"), tool: Name, outcome: z.enum(["success", "failure", "empty"]) }),
        z.strictObject({ is: z.literal("always") }),
      ]),
      to: z.union([Name, z.literal("end"), z.literal("human")]),
    }),
  ),
});
export type Objective = z.infer<typeof Objective>;

/** Objectives as a state machine; facts survive across turns and, by policy, across calls. */
export const Conversation = z.strictObject({
  persona: z.string(),
  greeting: z.string(),
  fields: z.array(Field).max(100),
  objectives: z.array(Objective).min(1).max(100),
  /** Name of the first objective. */
  start: Name,
  limits: z.strictObject({ maxCallMinutes: z.int().min(1).max(60), inactivitySeconds: z.int().min(10).max(600) }),
});
export type Conversation = z.infer<typeof Conversation>;

/** What a tool does, in terms of ports; the media service runs it with the slot's own bindings. */
export const Tool = z.strictObject({
  name: Name,
  description: z.string(),
  /** Port operation behind it. */
  operation: neverTemplate(
    z.enum([
      "calendar.find-slots",
      "calendar.book",
      "calendar.reschedule",
      "calendar.cancel",
      "crm.upsert-contact",
      "crm.upsert-deal",
      "crm.add-note",
      "call.transfer",
      "call.hang-up",
    ]),
  ),
  /** Address of the resource it works on (a calendar, a pipeline); absent for call operations and contacts. */
  resource: z.string().optional(),
  /** Argument name → JSON Schema type, as the model sees it. */
  arguments: z.record(
    Name,
    z.strictObject({ type: z.enum(["string", "number", "boolean"]), description: z.string(), required: z.boolean() }),
  ),
  /** Fixed inputs that the model does not choose (slot length, stage, property names). */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Said when the result takes longer than the turn's budget. */
  acknowledgement: z.string(),
  timeoutMs: z.int().min(200).max(20_000),
});
export type Tool = z.infer<typeof Tool>;
