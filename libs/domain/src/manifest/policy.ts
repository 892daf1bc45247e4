import { z } from "zod";
import { E164 } from "../tenant/index.ts";

/** Said at once and never cut off when the caller is in danger; the call is then connected to `number`. */
export const EmergencyLine = z.strictObject({
  phrases: z.array(z.string()).min(1),
  message: z.string().min(1),
  number: E164,
  uninterruptible: z.literal(true),
});
export type EmergencyLine = z.infer<typeof EmergencyLine>;

/** How a caller reaches a person. The number is on the tenant's allowlist of transfer destinations by being here. */
export const HumanPath = z.strictObject({ number: E164, message: z.string().min(1), uninterruptible: z.literal(true) });
export type HumanPath = z.infer<typeof HumanPath>;

export const Policies = z.strictObject({
  /** Said in the first utterance; cannot be interrupted. */
  disclosure: z.strictObject({ text: z.string().min(1) }),
  /** `text` is said with the disclosure unless nothing is recorded. */
  consent: z
    .strictObject({ recording: z.enum(["none", "announce", "ask"]), text: z.string() })
    .refine(({ recording, text }) => recording === "none" || text !== "", {
      path: ["text"],
      message: "must say that the call is recorded",
    }),
  retention: z.strictObject({ recordingDays: z.int().min(0).max(3650), transcriptDays: z.int().min(0).max(3650) }),
  redaction: z.strictObject({ kinds: z.array(z.enum(["card", "phone", "email", "name"])) }),
  residency: z.strictObject({ region: z.enum(["any", "us", "eu", "au"]) }),
  /** Most minutes a caller may spend per day, against toll fraud. */
  minutesPerCallerPerDay: z.int().min(1).max(600),
});
export type Policies = z.infer<typeof Policies>;

/** What the smoke test must see before the switch. */
export const SmokeScenario = z.strictObject({
  name: z.string(),
  /** Steps run in order; each asserts what came back. */
  steps: z
    .array(
      z.discriminatedUnion("do", [
        z.strictObject({ do: z.literal("answer"), expect: z.enum(["agent", "ring-staff", "any"]) }),
        z.strictObject({
          do: z.literal("tool"),
          tool: z.string(),
          arguments: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
          /** Names the result for later steps: `{{saved.<name>.<path>}}` in arguments. */
          saveAs: z.string().optional(),
          expect: z.enum(["success", "refused"]),
        }),
      ]),
    )
    .min(1),
});
export type SmokeScenario = z.infer<typeof SmokeScenario>;

/** A named number over session events. */
export const Kpi = z.strictObject({
  name: z.string(),
  unit: z.enum(["ratio", "seconds", "count", "currency"]),
  window: z.enum(["day", "week"]),
  /** Which fold of the catalogue computes it. */
  formula: z.enum([
    "self-serve",
    "handling-time",
    "booked",
    "missed",
    "containment",
    "first-call-resolution",
    "cost-per-call",
  ]),
  goodDirection: z.enum(["up", "down"]),
});
export type Kpi = z.infer<typeof Kpi>;
