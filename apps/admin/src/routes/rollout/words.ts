import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";
import type { Phase } from "./stages.ts";

export type Rollout = Schemas["RolloutDetail"];
export type Standing = Schemas["RolloutStanding"];

/** What a rollout is doing, as a badge says it. */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  queued: "queued",
  preflighting: "preflight",
  planning: "planning",
  "awaiting-approval": "waits for approval",
  applying: "applying",
  "smoke-testing": "smoke testing",
  "awaiting-promotion": "waits for promotion",
  shifting: "canary",
  switching: "switching",
  baking: "baking",
  retiring: "retiring",
  succeeded: "succeeded",
  aborting: "aborting",
  aborted: "aborted",
  "rolling-back": "rolling back",
  "rolled-back": "rolled back",
  held: "held",
  failed: "failed",
};

export function phaseTone(phase: Phase): Tone {
  if (phase === "succeeded") return "good";
  if (phase === "failed") return "bad";
  if (phase === "held" || phase === "awaiting-approval" || phase === "awaiting-promotion") return "warn";
  if (phase === "aborted" || phase === "rolled-back") return "neutral";
  return "busy";
}

/** What is under way where nothing keeps it waiting. */
export const DOING: Readonly<Partial<Record<Phase, string>>> = {
  queued: "Waiting for a worker",
  preflighting: "Looking at accounts, number and providers before anything is written",
  planning: "Making the plan from what the vendors have",
  "awaiting-approval": "The plan waits for an approval",
  applying: "Writing the release into the inactive slot; callers notice nothing",
  "smoke-testing": "Speaking with the release before callers do",
  "awaiting-promotion": "The release is ready and waits to be promoted",
  shifting: "A share of new calls goes to the new release",
  switching: "Moving new calls to the new release",
  baking: "Callers are on the new release; it is being watched",
  retiring: "Taking out what the release before needed",
  aborting: "Cleaning the inactive slot; callers noticed nothing",
  "rolling-back": "New calls are back on the release before; cleaning up",
};

/** `playbook@version` as people say it; the beginning of the hash where the release is not kept any more. */
export const releaseName = ({ version, hash }: Standing["release"]): string =>
  version === null ? hash.replace(/^sha256:/, "").slice(0, 8) : version.replace("@", " ");

export const otherSlot = (slot: "blue" | "green"): "blue" | "green" => (slot === "blue" ? "green" : "blue");

/** Basis points as per cent. */
export const share = (weightBp: number): string => `${weightBp / 100} %`;

const BARE = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|blue|green)$/;

/** What a detail says to a person; an id or a slot alone says nothing that does not stand elsewhere. */
export const readable = (detail: string): string => (BARE.test(detail) ? "" : detail);
