import type { Plan } from "@tandem/domain/plan";
import { type ReasonCode, reasons, type Rollout, type RolloutEvent } from "@tandem/domain/rollout";
import { counted, isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { ReasonSeen, ShownFinding, ShownVerdict, StoryLine } from "./proof-pack.ts";

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const number = (value: Json | undefined): number | null => (typeof value === "number" ? value : null);

/** What a timeline says of an event, in a sentence; null for what is shown elsewhere in a proof. */
function sentence({ type, payload }: RolloutEvent): string | null {
  const summary = summaryOf(text(payload["reason"]));
  const why = summary === null ? "" : `: ${summary}`;
  const detail = text(payload["detail"]);
  const by = text(payload["actor"]);
  switch (type) {
    case "phase-entered":
      return payload["from"]
        ? `${text(payload["from"])} → ${text(payload["to"])}${why}`
        : `began in ${text(payload["to"])}`;
    case "rollout-waited":
      return `waited${why}${detail === "" ? "" : ` (${detail})`}`;
    case "pointer-moved":
      return `new calls go to ${text(payload["to"]) || text(payload["active"])}, generation ${number(payload["generation"]) ?? "?"}`;
    case "plan-made":
      return "the plan was made";
    case "smoke-reported":
      return payload["passed"] === true ? "the smoke test passed" : "the smoke test did not pass";
    case "evidence-weighed":
      return `calls were weighed: ${text(payload["kind"])}. ${detail}`;
    case "finding-raised":
    case "operation-done":
      return null;
    default:
      return `${type.replaceAll("-", " ")}${by === "" ? "" : ` by ${by}`}${detail === "" ? "" : `: ${detail}`}`;
  }
}

const summaryOf = (code: string): string | null =>
  Object.hasOwn(reasons, code) ? reasons[code as ReasonCode].summary : null;

/** The rollout from its beginning, a line per thing that happened. */
export function storyOf(events: readonly RolloutEvent[], rollout: Rollout): readonly StoryLine[] {
  const lines = events.flatMap((event) => {
    const said = sentence(event);
    return said === null ? [] : [{ at: event.at, phase: event.phase, text: said }];
  });
  const done = events.filter(({ type }) => type === "operation-done").length;
  if (done === 0) return lines;
  const line = {
    at: rollout.updatedAt,
    phase: rollout.phase,
    text: `${counted(done, "operation at vendors was", "operations at vendors were")} done and read back`,
  };
  return [...lines, line];
}

/** Every reason that the rollout waited, was held or ended for, in order. */
export const reasonsOf = (events: readonly RolloutEvent[]): readonly ReasonSeen[] =>
  events.flatMap(({ at, phase, type, payload }) => {
    const code = text(payload["reason"]);
    if ((type !== "phase-entered" && type !== "rollout-waited") || !Object.hasOwn(reasons, code)) return [];
    const { summary, nextAction } = reasons[code as ReasonCode];
    return [{ at, phase, code, summary, detail: text(payload["detail"]), nextAction }];
  });

/** What preflight and planning found: of the timeline, and of the plan what the timeline does not hold. */
export function findingsOf(events: readonly RolloutEvent[], plan: Plan | null): readonly ShownFinding[] {
  const raised = events.filter(({ type }) => type === "finding-raised").map(({ payload }) => shown(payload));
  const planned = (plan?.findings ?? []).map(({ severity, code, summary, detail, address, fix }) => ({
    severity,
    code,
    summary,
    detail,
    address,
    fix,
  }));
  const seen = new Set<string>();
  return [...raised, ...planned].filter(({ code, address, detail }) => {
    const key = JSON.stringify([code, address, detail]);
    return !seen.has(key) && seen.add(key);
  });
}

const shown = (payload: JsonObject): ShownFinding => ({
  severity: text(payload["severity"]),
  code: text(payload["code"]),
  summary: text(payload["summary"]),
  detail: text(payload["detail"]),
  address: text(payload["address"]),
  fix: text(payload["fix"]),
});

/** What the calls told, weighing by weighing. */
export const verdictsOf = (events: readonly RolloutEvent[]): readonly ShownVerdict[] =>
  events
    .filter(({ type }) => type === "evidence-weighed")
    .map(({ at, payload }) => ({
      at,
      kind: text(payload["kind"]),
      detail: text(payload["detail"]),
      baseline: text(payload["baseline"]),
      isReduced: payload["isReduced"] === true,
      alarms: Array.isArray(payload["alarms"]) ? payload["alarms"].map(text) : [],
      comparisons: Array.isArray(payload["comparisons"])
        ? payload["comparisons"].filter(isJsonObject).map(comparison)
        : [],
    }));

const comparison = (given: JsonObject): ShownVerdict["comparisons"][number] => ({
  metric: text(given["metric"]),
  candidate: number(given["candidate"]),
  baseline: number(given["baseline"]),
  candidateSamples: number(given["candidateSamples"]) ?? 0,
  baselineSamples: number(given["baselineSamples"]) ?? 0,
  state: text(given["state"]),
});
