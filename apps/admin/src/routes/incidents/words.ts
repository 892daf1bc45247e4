import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";

export type Incident = Schemas["Incident"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type Diagnosis = Incident["stacks"][number];
export type StackName = Diagnosis["stack"];
export type StackHealth = Schemas["DeploymentHealth"]["stacks"][number];
export type HealthWord = StackHealth["word"];
export type Severity = Incident["severity"];

/** The stacks in the order of diagnosis. */
export const STACKS = ["telephony", "audio", "intelligence", "output"] as const satisfies readonly StackName[];

export const stackTitles: Readonly<Record<StackName, string>> = {
  telephony: "Telephony",
  audio: "Audio",
  intelligence: "Intelligence",
  output: "Output",
};

/** What belongs to a stack. */
export const stackContents: Readonly<Record<StackName, string>> = {
  telephony: "Carrier, numbers, streams, who answers, room for calls",
  audio: "The caller's voice up to its words: encoding, loss, recognition",
  intelligence: "Models, tools, conversation, hosted agents",
  output: "Voices, playout, interruption",
};

export const healthTones: Readonly<Record<HealthWord, Tone>> = {
  healthy: "good",
  degraded: "warn",
  failing: "bad",
  unknown: "neutral",
};

export const diagnosisTones: Readonly<Record<Diagnosis["state"], Tone>> = {
  waiting: "neutral",
  diagnosing: "busy",
  cleared: "good",
  concluded: "bad",
};

export const diagnosisWords: Readonly<Record<Diagnosis["state"], string>> = {
  waiting: "waits its turn",
  diagnosing: "under diagnosis",
  cleared: "cleared",
  concluded: "the cause is here",
};

export const severityWords: Readonly<Record<Severity, string>> = { "sev-1": "SEV-1", "sev-2": "SEV-2" };
export const severityMeanings: Readonly<Record<Severity, string>> = {
  "sev-1": "Callers are not served. To be resolved within 15 minutes.",
  "sev-2": "Callers are served worse. To be resolved within 30 minutes.",
};

/** "telephony", "telephony and audio", "telephony, audio and intelligence". */
export function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** Why a stack cannot be cleared or concluded now, in a sentence; null when it can. */
export function walkRefusal({ state, stacks }: Pick<Incident, "state" | "stacks">, stack: StackName): string | null {
  if (state === "resolved") return "The incident is resolved: it takes notes only";
  const at = STACKS.indexOf(stack);
  const open = stacks.filter((each) => STACKS.indexOf(each.stack) < at && each.state !== "cleared");
  if (open.length === 0) return null;
  return `Clear ${listOf(open.map((each) => each.stack))} first: ${stack} can only be judged when what carries it works`;
}

/** The stack to work on: under diagnosis, else where the cause is, else the first. */
export const presentStack = ({ stacks }: Pick<Incident, "stacks">): StackName =>
  (
    stacks.find(({ state }) => state === "diagnosing") ??
    stacks.find(({ state }) => state === "concluded") ??
    stacks.find(({ isSuspected }) => isSuspected)
  )?.stack ?? "telephony";
