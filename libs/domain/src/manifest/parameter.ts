import { z } from "zod";
import { E164 } from "../tenant/index.ts";
import { Holiday, ScheduleOverride, WeeklyHours } from "./answer.ts";
import { isTimeZone } from "./local-time.ts";

/** Name of a parameter: camelCase, at most 40 characters. */
export const ParameterName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,39}$/, "must be camelCase, at most 40 letters and digits");

const declared = {
  /** What the form calls it. */
  label: z.string().min(1).max(80),
  /** One sentence under the input. */
  hint: z.string().max(300).optional(),
  /** Heading under which the form shows it. */
  group: z.string().max(60).optional(),
  /** Whether a deployment must end up with a value. A default satisfies it. */
  required: z.boolean(),
  /** Parameters are never secrets: a secret belongs into the credential of a connection. */
  secret: z.literal(false, "must be false: a secret belongs into the credential of a connection").optional(),
};
const choices = z
  .array(z.strictObject({ value: z.string().min(1).max(60), label: z.string().min(1).max(80) }))
  .min(1)
  .max(50);
const size = { min: z.int().min(0).optional(), max: z.int().min(1).max(10_000).optional() };

const ListItem = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), ...size }),
  z.strictObject({ type: z.literal("integer"), min: z.int().optional(), max: z.int().optional() }),
  z.strictObject({ type: z.literal("choice"), choices }),
  z.strictObject({ type: z.literal("phone-number") }),
  z.strictObject({ type: z.literal("email") }),
  z.strictObject({ type: z.literal("url") }),
]);

/**
 * A typed input of a playbook; forms, defaults and checks are made from it. `min` and `max` bound the value of an integer, the
 * length of a text and the number of items of a list.
 */
export const Parameter = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("text"),
    ...declared,
    ...size,
    multiline: z.boolean().optional(),
    default: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("integer"),
    ...declared,
    min: z.int().optional(),
    max: z.int().optional(),
    /** Shown behind the input: `minutes`, `days`. */
    unit: z.string().max(20).optional(),
    default: z.int().optional(),
  }),
  z.strictObject({ type: z.literal("boolean"), ...declared, default: z.boolean().optional() }),
  z.strictObject({ type: z.literal("choice"), ...declared, choices, default: z.string().optional() }),
  z.strictObject({ type: z.literal("phone-number"), ...declared, default: E164.optional() }),
  z.strictObject({ type: z.literal("email"), ...declared, default: z.email().optional() }),
  z.strictObject({ type: z.literal("url"), ...declared, default: z.string().optional() }),
  z.strictObject({ type: z.literal("time-zone"), ...declared, default: z.string().optional() }),
  z.strictObject({ type: z.literal("weekly-hours"), ...declared, default: WeeklyHours.optional() }),
  z.strictObject({ type: z.literal("holidays"), ...declared, default: z.array(Holiday).optional() }),
  z.strictObject({ type: z.literal("schedule-overrides"), ...declared, default: z.array(ScheduleOverride).optional() }),
  z.strictObject({ type: z.literal("voice"), ...declared, default: z.string().optional() }),
  z.strictObject({
    type: z.literal("list"),
    ...declared,
    ...size,
    of: ListItem,
    default: z.array(z.union([z.string(), z.int()])).optional(),
  }),
]);
export type Parameter = z.infer<typeof Parameter>;

/** Longest text that a parameter may hold when its declaration gives no `max`, characters. */
const defaultTextMax = 2000;
const noControls = /^[^\p{Cc}]*$/u;
const noControlsButNewline = /^(?:[^\p{Cc}]|\n)*$/u;

/** Values never look like templates: nothing behind us can mistake a tenant's text for one. */
const PlainText = z
  .string()
  .refine((text) => !text.includes("{{") && !text.includes("}}"), "must not contain {{ or }}");

const HttpsUrl = z
  .string()
  .max(2000)
  .refine(isHttpsUrl, "must be an https:// address without user name and with port 443 or 8443");

function isHttpsUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    url.protocol === "https:" &&
    url.username === "" &&
    url.password === "" &&
    ["", "8443"].includes(url.port) &&
    noControls.test(text)
  );
}

/** Strict schema of the values that a declaration allows. */
export function parameterValue(shape: Parameter | z.infer<typeof ListItem>): z.ZodType {
  switch (shape.type) {
    case "text": {
      const isMultiline = "multiline" in shape && shape.multiline === true;
      const text = PlainText.max(shape.max ?? defaultTextMax).min(shape.min ?? 0);
      return text.regex(
        isMultiline ? noControlsButNewline : noControls,
        isMultiline ? "must not hold control characters" : "must be one line",
      );
    }
    case "integer":
      return z
        .int()
        .min(shape.min ?? Number.MIN_SAFE_INTEGER)
        .max(shape.max ?? Number.MAX_SAFE_INTEGER);
    case "choice":
      return z.enum(shape.choices.map((choice) => choice.value));
    case "list":
      return z
        .array(parameterValue(shape.of))
        .min(shape.min ?? 0)
        .max(shape.max ?? 100);
    default:
      return simpleValues[shape.type];
  }
}

const simpleValues = {
  boolean: z.boolean(),
  "phone-number": E164,
  email: z.email().max(254),
  url: HttpsUrl,
  "time-zone": z.string().refine(isTimeZone, "must be an IANA time zone such as America/New_York"),
  "weekly-hours": WeeklyHours,
  holidays: z.array(Holiday).max(200),
  "schedule-overrides": z.array(ScheduleOverride).max(200),
  voice: z.string().regex(/^[\w-]{1,100}$/, "must be the vendor's voice id such as 11labs-Adrian"),
} satisfies Record<Exclude<Parameter["type"], "text" | "integer" | "choice" | "list">, z.ZodType>;
