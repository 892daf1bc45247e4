import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { Counts, FigureName } from "./health.ts";
import { figureRules } from "./health.ts";
import { stackOfAddress, type Stack, stackOfProvider } from "./stack.ts";

/** A live call as far as health reads it. */
export interface SeenCall {
  readonly disposition: string | null;
  readonly events: readonly { readonly type: string; readonly payload: JsonObject }[];
}

/** Events that health reads; others may be left out. */
export const HEALTH_EVENTS: readonly string[] = [
  "agent-socket-ended",
  "agent-unreachable",
  "breaker-opened",
  "call-decided",
  "call-defect",
  "call-metrics",
  "call-stalled",
  "carrier-status",
  "fallback-asked",
  "provider-failed",
  "stream-ended",
  "turn-ended",
];

/** From here on a turn's answer is too late (ruling 12), milliseconds. */
const SLOW_MS = 1200;
/** From here on loss is heard. */
const BAD_LOSS_RATIO = 0.05;
const LOST: ReadonlySet<string> = new Set(["dropped", "lost"]);

/** What of a deployment is not in its calls. */
export interface SeenObjects {
  /** Addresses of vendor writes of the window, and whether each failed. */
  readonly operations: readonly { readonly address: string; readonly hasFailed: boolean }[];
  /** Bound objects, and whether each has drifted undecided. */
  readonly objects: readonly { readonly address: string; readonly isAstray: boolean }[];
  /** Null: no vendor holds the number. */
  readonly isSafetyNetLagging: boolean | null;
}

/** Counts everything that health is judged by. Payloads are taken as they come: what is missing or of another shape counts nothing. */
export function countSigns(calls: readonly SeenCall[], seen: SeenObjects): Counts {
  const signs = calls.map(signsOf);
  const slow = calls.flatMap(({ events }) => slowestParts(events));
  const ofCalls = (name: FigureName) => ({ count: signs.filter((sign) => sign.has(name)).length, of: calls.length });
  const ofTurns = (name: FigureName) => ({ count: slow.filter((part) => part === name).length, of: slow.length });
  const counts: Partial<Record<FigureName, Partial<Record<Stack, { count: number; of: number }>>>> = {};
  for (const [name, [rule]] of Object.entries(figureRules) as [FigureName, (typeof figureRules)[FigureName]][])
    if (rule !== undefined && rule.of !== "objects")
      counts[name] = { [rule.stack]: rule.of === "calls" ? ofCalls(name) : ofTurns(name) };
  counts["vendor-operations"] = byStack(seen.operations, ({ hasFailed }) => hasFailed);
  counts.drift = byStack(seen.objects, ({ isAstray }) => isAstray);
  if (seen.isSafetyNetLagging !== null)
    counts["safety-net"] = { telephony: { count: seen.isSafetyNetLagging ? 1 : 0, of: 1 } };
  return counts;
}

function byStack<One extends { readonly address: string }>(all: readonly One[], holds: (one: One) => boolean) {
  const counts: Partial<Record<Stack, { count: number; of: number }>> = {};
  for (const one of all) {
    const stack = stackOfAddress(one.address);
    const { count, of } = counts[stack] ?? { count: 0, of: 0 };
    counts[stack] = { count: count + (holds(one) ? 1 : 0), of: of + 1 };
  }
  return counts;
}

/** What went wrong on one call. Silence that an earlier stack explains is not the voice's. */
export function signsOf({ disposition, events }: SeenCall): ReadonlySet<FigureName> {
  const signs = new Set(events.flatMap(({ type, payload }) => signOf(type, payload)));
  if (LOST.has(disposition ?? "") && !signs.has("agent-unreachable")) signs.add("lost-calls");
  const isExplained = (["recognition-failures", "model-failures", "tool-failures", "defects"] as const).some((sign) =>
    signs.has(sign),
  );
  if (isExplained) signs.delete("silences");
  return signs;
}

const FAILURES: Readonly<Record<keyof typeof stackOfProvider, FigureName>> = {
  stt: "recognition-failures",
  llm: "model-failures",
  tts: "voice-failures",
};

function signOf(type: string, payload: JsonObject): readonly FigureName[] {
  switch (type) {
    case "provider-failed":
    case "breaker-opened": {
      const kind = payload["kind"];
      return kind === "stt" || kind === "llm" || kind === "tts" ? [FAILURES[kind]] : [];
    }
    case "stream-ended":
    case "agent-socket-ended":
      return payload["end"] === "lost" ? ["lost-calls"] : [];
    case "call-decided":
      return payload["decision"] === "fallback" && typeof payload["reason"] === "string" ? ["unanswered-calls"] : [];
    case "fallback-asked":
      return ["unanswered-calls"];
    case "carrier-status":
      return payload["status"] === "failed" ? ["carrier-failures"] : [];
    case "agent-unreachable":
      return ["agent-unreachable"];
    case "call-defect":
    case "call-stalled":
      return ["defects"];
    case "call-metrics":
      return [
        ...(isOver(payload["encodingMismatches"], 0) ? (["encoding-mismatches"] as const) : []),
        ...(isOver(payload["lossRatio"], BAD_LOSS_RATIO) ? (["lost-frames"] as const) : []),
        ...(isOver(payload["silences"], 0) ? (["silences"] as const) : []),
      ];
    case "turn-ended":
      return hasFailedTool(payload["tools"]) ? ["tool-failures"] : [];
    default:
      return [];
  }
}

const isOver = (value: Json | undefined, limit: number): boolean => typeof value === "number" && value > limit;

const hasFailedTool = (tools: Json | undefined): boolean =>
  Array.isArray(tools) && tools.some((tool) => isJsonObject(tool) && tool["outcome"] === "failure");

/** Of each measured turn the part that made it slow; null: it was not. */
function slowestParts(events: SeenCall["events"]): (FigureName | null)[] {
  return events.flatMap(({ type, payload }) => {
    const { latency, source, turn } = payload;
    if (type !== "turn-ended" || source !== "measured" || !isOver(turn, 0) || !isJsonObject(latency ?? null)) return [];
    return [slowestPart(latency as JsonObject)];
  });
}

function slowestPart(latency: JsonObject): FigureName | null {
  if (!isOver(latency["totalMs"], SLOW_MS)) return null;
  const ms = (...names: readonly string[]) =>
    names.reduce((sum, name) => sum + (typeof latency[name] === "number" ? latency[name] : 0), 0);
  const parts: readonly (readonly [FigureName, number])[] = [
    ["slow-network", ms("networkMs")],
    ["slow-recognition", ms("transcribeMs", "endOfTurnMs")],
    ["slow-model", ms("modelMs")],
    ["slow-voice", ms("speechMs", "sendMs")],
  ];
  return parts.reduce((most, part) => (part[1] > most[1] ? part : most))[0];
}
