import type { Rollout } from "@tandem/contracts";
import type { Ink, Paint } from "@tandem/domain/plan";
import { type ReasonCode, reasons } from "@tandem/domain/rollout";
import { counted, type Json } from "@tandem/kernel";
import type { Event } from "../follow.ts";
import type { Output } from "../output.ts";
import { evidenceLine } from "./evidence.ts";

const INKS: Readonly<Record<string, Ink>> = {
  succeeded: "good",
  failed: "error",
  aborted: "warning",
  "rolled-back": "warning",
  held: "warning",
};

/** Prints events as they come, a line each. */
export const noteEvents =
  ({ note, paint }: Pick<Output, "note" | "paint">) =>
  (event: Event): void => {
    const line = eventLine(event, paint);
    if (line !== null) note(line);
  };

/** One event as one line; null: it is not told. */
function eventLine(event: Event, paint: Paint): string | null {
  const at = paint("muted", event.at.slice(11, 19));
  if (event.type === "evidence-weighed") return `${at}    ${evidenceLine(event.payload, paint)}`;
  if (event.type === "scenario-began") return null; // its end is told
  if (event.type === "scenarios-planned") return `${at}    ${plannedWords(event.payload)}`;
  if (event.type === "smoke-reported") return `${at}    ${smokeWords(event.payload, paint)}`;
  if (event.type === "phase-entered")
    return `${at}  ${paint(INKS[event.phase] ?? "title", event.phase)}${detail(event.payload)}`;
  return `${at}    ${event.type.replaceAll("-", " ")}${detail(event.payload)}`;
}

const plannedWords = ({ scenarios }: Readonly<Record<string, Json>>): string =>
  `${counted(Array.isArray(scenarios) ? scenarios.length : 0, "conversation")} to be held`;

/** The smoke test in one line, with what failed below. */
function smokeWords(payload: Readonly<Record<string, Json>>, paint: Paint): string {
  const isPassed = payload["passed"] === true;
  const failures = Array.isArray(payload["failures"]) ? payload["failures"] : [];
  const evidence = payload["reducedEvidence"] === true ? ", reduced evidence" : "";
  const verdict = paint(isPassed ? "good" : "error", isPassed ? "smoke test passed" : "smoke test FAILED");
  const words = failures.map((failure) => `\n      ${typeof failure === "string" ? failure : JSON.stringify(failure)}`);
  const level = typeof payload["level"] === "string" ? `, ${payload["level"]}` : "";
  return `${verdict}: ${counted(Number(payload["samples"]), "sample")}${level}${evidence}${words.join("")}`;
}

const WORTH_READING = [
  "address",
  "verb",
  "action",
  "vendor",
  "slot",
  "active",
  "generation",
  "code",
  "summary",
  "detail",
  "scenario",
  "result",
];

function detail(payload: Readonly<Record<string, Json>>): string {
  const words = WORTH_READING.flatMap((name) => {
    const value = payload[name];
    return typeof value === "string" || typeof value === "number" ? [`${value}`] : [];
  });
  return words.length === 0 ? "" : `  ${words.join(" · ")}`;
}

/** How a rollout stands, with what to do when it waits. */
export function rolloutStatus(rollout: Rollout, paint: Paint): string {
  const lines = [
    `Rollout ${rollout.id}: ${paint(INKS[rollout.phase] ?? "title", rollout.phase)} (slot ${rollout.targetSlot})`,
  ];
  if (rollout.reason !== null) lines.push(`  ${reasonWords(rollout.reason)}`, `  next: ${rollout.reason.nextAction}`);
  return lines.join("\n");
}

/** Why it waits or ended: the catalogue's sentence, what it concerns, and the code to look up. */
function reasonWords({ code, detail }: NonNullable<Rollout["reason"]>): string {
  const summary = Object.hasOwn(reasons, code) ? reasons[code as ReasonCode].summary : code;
  return `${summary}${detail === "" ? "" : `: ${detail}`} (${code})`;
}
