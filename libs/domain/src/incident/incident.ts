import { type Instant, instant } from "@tandem/kernel";
import { z } from "zod";
import { diagnosisMs, resolutionMs, Severity, Stack, stacks } from "./stack.ts";

/** How one stack stands in the diagnosis. `waiting`: an earlier one is not cleared yet. */
export const StackState = z.enum(["waiting", "diagnosing", "cleared", "concluded"]);

/** One stack's part of the diagnosis with its clock. */
export const StackDiagnosis = z.object({
  stack: Stack,
  state: StackState,
  isSuspected: z.boolean(),
  startedAt: z.string().nullable().describe("When the earlier stacks were cleared; null while it waits."),
  dueAt: z.string().nullable().describe("When its diagnosis should be over."),
  endedAt: z.string().nullable().describe("When it was cleared or concluded."),
});
export type StackDiagnosis = z.infer<typeof StackDiagnosis>;

/** An incident as its events make it. */
export const Incident = z.object({
  severity: Severity,
  state: z.enum(["open", "concluded", "resolved"]),
  summary: z.string(),
  stacks: z.array(StackDiagnosis),
  cause: z.string().nullable(),
  resolution: z.string().nullable(),
  openedAt: z.string(),
  resolutionDueAt: z.string(),
  resolvedAt: z.string().nullable(),
});
export type Incident = z.infer<typeof Incident>;

/** What a person attaches: a call, a vendor operation of a rollout, the health of the moment, or words. */
export const Evidence = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("session"), sessionId: z.uuid(), note: z.string().max(500).optional() }),
  z.strictObject({
    kind: z.literal("operation"),
    rolloutId: z.uuid(),
    seq: z.int().min(0).max(2_147_483_647),
    note: z.string().max(500).optional(),
  }),
  z.strictObject({ kind: z.literal("metrics"), note: z.string().max(500).optional() }),
  z.strictObject({ kind: z.literal("text"), text: z.string().min(1).max(2000) }),
]);
export type Evidence = z.infer<typeof Evidence>;

/** What may be asked of an incident. */
export type IncidentCommand =
  | { readonly do: "suspect"; readonly stack: Stack; readonly note: string | null }
  | { readonly do: "clear"; readonly stack: Stack; readonly evidence: number; readonly note: string | null }
  | { readonly do: "conclude"; readonly stack: Stack; readonly evidence: number; readonly cause: string }
  | { readonly do: "change-severity"; readonly severity: Severity; readonly reason: string }
  | { readonly do: "note"; readonly text: string }
  | { readonly do: "resolve"; readonly resolution: string; readonly withoutCause: boolean };

export const incidentEvents = [
  "opened",
  "stack-suspected",
  "stack-cleared",
  "concluded",
  "severity-changed",
  "noted",
  "resolved",
] as const;
export type IncidentEventType = (typeof incidentEvents)[number];

export type IncidentRefusal =
  | "already-resolved"
  | "earlier-stack-open"
  | "no-evidence"
  | "already-cleared"
  | "no-cause"
  | "same-severity";

const refusals: Readonly<Record<IncidentRefusal, string>> = {
  "already-resolved": "The incident is resolved: it takes notes only.",
  "earlier-stack-open": "A stack is cleared or concluded only after every earlier one is cleared.",
  "no-evidence":
    "Attach at least one piece of evidence: a call, a vendor operation, the figures of the moment, or what was seen.",
  "already-cleared": "This stack is cleared already.",
  "no-cause": "No stack is concluded: conclude one, or say that it ended without a known cause.",
  "same-severity": "It has this severity already.",
};

export type IncidentDecision =
  | { readonly event: IncidentEventType; readonly incident: Incident }
  | { readonly refused: IncidentRefusal; readonly text: string };

/** A new incident: the first stack's clock and that of the resolution run from now. */
export function openIncident(
  wish: { readonly severity: Severity; readonly summary: string; readonly suspected: Stack | null },
  nowMs: number,
): Incident {
  const [first] = stacks;
  return {
    severity: wish.severity,
    state: "open",
    summary: wish.summary,
    stacks: stacks.map((stack) => ({
      stack,
      isSuspected: stack === wish.suspected,
      ...(stack === first ? running(stack, nowMs) : WAITING),
    })),
    cause: null,
    resolution: null,
    openedAt: instant(nowMs),
    resolutionDueAt: instant(nowMs + resolutionMs[wish.severity]),
    resolvedAt: null,
  };
}

const WAITING = { state: "waiting", startedAt: null, dueAt: null, endedAt: null } as const;
const running = (stack: Stack, nowMs: number) =>
  ({
    state: "diagnosing",
    startedAt: instant(nowMs),
    dueAt: instant(nowMs + diagnosisMs[stack]),
    endedAt: null,
  }) as const;

const refused = (refusal: IncidentRefusal): IncidentDecision => ({ refused: refusal, text: refusals[refusal] });

/** What a command makes of an incident, or why it may not. Pure. */
export function decideIncident(incident: Incident, command: IncidentCommand, nowMs: number): IncidentDecision {
  if (incident.state === "resolved" && command.do !== "note") return refused("already-resolved");
  switch (command.do) {
    case "suspect":
      return { event: "stack-suspected", incident: withStack(incident, command.stack, { isSuspected: true }) };
    case "clear":
      return clear(incident, command, nowMs);
    case "conclude":
      return conclude(incident, command, nowMs);
    case "change-severity":
      return changeSeverity(incident, command.severity);
    case "note":
      return { event: "noted", incident };
    case "resolve": {
      if (incident.state !== "concluded" && !command.withoutCause) return refused("no-cause");
      const resolved = { state: "resolved", resolution: command.resolution, resolvedAt: instant(nowMs) } as const;
      return { event: "resolved", incident: { ...incident, ...resolved } };
    }
  }
}

/** A concluded stack may still be cleared: the conclusion was wrong, and the diagnosis goes on. */
function clear(
  incident: Incident,
  { stack, evidence }: { readonly stack: Stack; readonly evidence: number },
  nowMs: number,
): IncidentDecision {
  const obstacle = obstacleOf(incident, stack, evidence);
  if (obstacle !== null) return refused(obstacle);
  const cleared = withStack(incident, stack, { state: "cleared", isSuspected: false, endedAt: instant(nowMs) });
  const next = cleared.stacks.find(({ state }) => state === "waiting");
  const going = next === undefined ? cleared : withStack(cleared, next.stack, running(next.stack, nowMs));
  return { event: "stack-cleared", incident: { ...going, state: "open", cause: null } };
}

function conclude(
  incident: Incident,
  { stack, evidence, cause }: { readonly stack: Stack; readonly evidence: number; readonly cause: string },
  nowMs: number,
): IncidentDecision {
  const obstacle = obstacleOf(incident, stack, evidence);
  if (obstacle !== null) return refused(obstacle);
  const concluded = withStack(incident, stack, { state: "concluded", endedAt: instant(nowMs) });
  return { event: "concluded", incident: { ...concluded, state: "concluded", cause } };
}

function obstacleOf({ stacks: all }: Incident, stack: Stack, evidence: number): IncidentRefusal | null {
  const at = stacks.indexOf(stack);
  if (all.some(({ stack: other, state }) => stacks.indexOf(other) < at && state !== "cleared"))
    return "earlier-stack-open";
  if (all.find((each) => each.stack === stack)?.state === "cleared") return "already-cleared";
  return evidence > 0 ? null : "no-evidence";
}

/** The clock goes on from the beginning, with the new severity's time. */
function changeSeverity(incident: Incident, severity: Severity): IncidentDecision {
  if (incident.severity === severity) return refused("same-severity");
  const resolutionDueAt: Instant = instant(Date.parse(incident.openedAt) + resolutionMs[severity]);
  return { event: "severity-changed", incident: { ...incident, severity, resolutionDueAt } };
}

const withStack = (incident: Incident, stack: Stack, change: Partial<StackDiagnosis>): Incident => ({
  ...incident,
  stacks: incident.stacks.map((each) => (each.stack === stack ? { ...each, ...change } : each)),
});
