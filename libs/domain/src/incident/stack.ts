import { z } from "zod";

/**
 * The four stacks in the order of diagnosis. telephony: carrier, numbers, streams, who answers · audio: the caller's voice, its encoding, loss, VAD
 * and recognition · intelligence: models, tools, conversation, hosted agents · output: voices, playout, interruption.
 */
export const Stack = z.enum(["telephony", "audio", "intelligence", "output"]);
export type Stack = z.infer<typeof Stack>;
export const stacks: readonly Stack[] = Stack.options;

const MINUTE_MS = 60_000;

/** How long the diagnosis of each stack may take, milliseconds (ruling 15). */
export const diagnosisMs: Readonly<Record<Stack, number>> = {
  telephony: 5 * MINUTE_MS,
  audio: 10 * MINUTE_MS,
  intelligence: 15 * MINUTE_MS,
  output: 10 * MINUTE_MS,
};

/** `sev-1`: callers are not served · `sev-2`: they are served worse. */
export const Severity = z.enum(["sev-1", "sev-2"]);
export type Severity = z.infer<typeof Severity>;

/** How long an incident may last, milliseconds (ruling 15). */
export const resolutionMs: Readonly<Record<Severity, number>> = { "sev-1": 15 * MINUTE_MS, "sev-2": 30 * MINUTE_MS };

/** The stack in which a failing provider is looked for: what the caller said has to be understood before any model can be judged. */
export const stackOfProvider: Readonly<Record<"stt" | "llm" | "tts", Stack>> = {
  stt: "audio",
  llm: "intelligence",
  tts: "output",
};

/** The stack of a vendor object, by the port of its address: agents, calendars, CRMs and helpdesks are what the agent thinks and does with. */
export const stackOfAddress = (address: string): Stack =>
  address.slice(address.indexOf(":") + 1).startsWith("telephony.") ? "telephony" : "intelligence";
