import { z } from "zod";
import { E164 } from "../tenant/index.ts";
import { AgentKind } from "./agent.ts";
import { neverTemplate } from "./authored.ts";

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
  /** What a returning caller's next call may know: facts are kept this many days; 0 or absent keeps nothing. */
  memory: z.strictObject({ days: z.int().min(0).max(365) }).optional(),
  /** Most minutes a caller may spend per day, against toll fraud. */
  minutesPerCallerPerDay: z.int().min(1).max(600),
});
export type Policies = z.infer<typeof Policies>;

const withinMs = z.int().min(100).max(120_000);

/** Steps of a scripted caller: what it says and does, and what it must hear. Words are compared without case and punctuation. */
export const callerSteps = [
  /** Speaks, and goes on when it has spoken. */
  z.strictObject({ do: z.literal("say"), text: z.string().min(1) }),
  /** Waits until the agent has been heard saying one of the texts since the caller last spoke. */
  z.strictObject({ do: z.literal("hear"), anyOf: z.array(z.string().min(1)).min(1), withinMs: withinMs.optional() }),
  /** Waits until the agent has spoken and been quiet for 700 ms. */
  z.strictObject({ do: z.literal("listen"), withinMs: withinMs.optional() }),
  /** Talks over the agent as soon as it has been heard saying `atWord`; fails when the agent goes on for longer than `stopsWithinMs`. */
  z.strictObject({
    do: z.literal("interrupt"),
    atWord: z.string().min(1),
    text: z.string().min(1),
    stopsWithinMs: z.int().min(50).max(5000).optional(),
  }),
  z.strictObject({ do: z.literal("be-silent"), forMs: withinMs }),
  /** Keypad digits `0-9*#`. */
  z.strictObject({ do: z.literal("press"), digits: z.string().regex(/^[0-9*#]{1,32}$/, "must be 0-9, * or #") }),
  /** Noise under everything the caller sends from now on, dB relative to its voice; absent: none. */
  z.strictObject({ do: z.literal("noise"), level: z.number().min(-60).max(0).optional() }),
  z.strictObject({ do: z.literal("hang-up") }),
  /** The agent must have used the tool by now, or within the time. */
  z.strictObject({
    do: z.literal("expect-tool"),
    tool: z.string(),
    outcome: z.enum(["success", "empty", "failure"]),
    withinMs: withinMs.optional(),
  }),
  /** The agent ends the call, or hands it over. */
  z.strictObject({ do: z.literal("expect-end"), by: z.enum(["hang-up", "hand-off"]), withinMs: withinMs.optional() }),
] as const;

/** What the smoke test must see before the switch. */
export const SmokeScenario = z.strictObject({
  name: z.string(),
  /** Kinds of agent that the scenario is for; all when absent. */
  agents: neverTemplate(z.array(AgentKind).min(1)).optional(),
  /** Faults put into this trial call, and into no other: `<kind>-outage` fails the chain's first provider, `slow-tool` delays tools by 2.5 s. */
  faults: neverTemplate(z.array(z.enum(["stt-outage", "llm-outage", "tts-outage", "slow-tool"]))).optional(),
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
        ...callerSteps,
      ]),
    )
    .min(1),
});
export type SmokeScenario = z.infer<typeof SmokeScenario>;

/** One step of a scripted caller. */
export type CallerStep = z.infer<(typeof callerSteps)[number]>;

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
    "voicemail",
    "containment",
    "first-call-resolution",
    "cost-per-call",
  ]),
  goodDirection: z.enum(["up", "down"]),
});
export type Kpi = z.infer<typeof Kpi>;
