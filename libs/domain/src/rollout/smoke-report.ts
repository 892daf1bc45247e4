import { z } from "zod";

/** How far a smoke test of a release went, least first: the agent was read back and its tools tried · conversations as text · spoken calls. */
export const EvidenceLevel = z.enum(["read-back", "text", "spoken"]);
export type EvidenceLevel = z.infer<typeof EvidenceLevel>;

/** What one side said, in milliseconds of the call. */
export const SmokeTurn = z.object({
  by: z.enum(["caller", "agent", "carrier"]),
  text: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  /** End of the caller's words → first sound (or text) of the answer, as the caller heard it; null when it answered none. */
  latencyMs: z.number().nullable(),
  wasInterrupted: z.boolean(),
});
export type SmokeTurn = z.infer<typeof SmokeTurn>;

/** Where the time of one answer went, as the media service measured it, milliseconds. The parts add up to `totalMs`. */
export const SmokeLatency = z.object({
  turn: z.int(),
  callerText: z.string(),
  providers: z.string(),
  transcribeMs: z.number(),
  endOfTurnMs: z.number(),
  modelMs: z.number(),
  speechMs: z.number(),
  sendMs: z.number(),
  networkMs: z.number(),
  totalMs: z.number(),
});
export type SmokeLatency = z.infer<typeof SmokeLatency>;

export const SmokeStep = z.object({ do: z.string(), ok: z.boolean(), detail: z.string(), atMs: z.number() });

/** One scenario as it was played. */
export const SmokeScenarioReport = z.object({
  name: z.string(),
  /** The playbook's own, or of the set that every release must pass. */
  origin: z.enum(["playbook", "standard"]),
  level: EvidenceLevel,
  passed: z.boolean(),
  /** 2 when the line was damaged the first time; 0 when it was not played. */
  attempts: z.int(),
  /** Answers, tools and turns that were looked at. */
  samples: z.int(),
  skippedWrites: z.int(),
  /** Why it was not played, or not whole; null when it was. */
  reduced: z.string().nullable(),
  failures: z.array(z.string()),
  steps: z.array(SmokeStep),
  turns: z.array(SmokeTurn),
  latency: z.array(SmokeLatency),
  longestSilenceMs: z.number(),
  durationMs: z.number(),
});
export type SmokeScenarioReport = z.infer<typeof SmokeScenarioReport>;

/** Response latency over all turns of calls without faults. */
export const SmokeResponse = z.object({ turns: z.int(), p50Ms: z.number(), p95Ms: z.number(), targetMs: z.number() });
export type SmokeResponse = z.infer<typeof SmokeResponse>;

/** What a smoke test showed. `scenarios` is bounded by `boundedReport`. */
export const SmokeReport = z.object({
  passed: z.boolean(),
  /** The highest level that a scenario was played at. */
  level: EvidenceLevel,
  samples: z.int(),
  skippedWrites: z.int(),
  /** Something could not be tried: see `reduced` of the scenarios. */
  reducedEvidence: z.boolean(),
  failures: z.array(z.string()),
  /** Null where Tandem does not speak itself. */
  response: SmokeResponse.nullable(),
  scenarios: z.array(SmokeScenarioReport),
});
export type SmokeReport = z.infer<typeof SmokeReport>;

const LONGEST_TEXT = 400;
const MOST_CHARACTERS = 60_000;

const clipped = (text: string): string => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text);

/**
 * The report as it is stored: texts at most 400 characters, the whole about 60,000. What does not fit is left out in this order: turns
 * and latency of scenarios that passed, their steps, and at last the beginnings of the others; verdicts and failures stay.
 */
export function boundedReport(report: SmokeReport): SmokeReport {
  const scenarios = report.scenarios.map(clippedScenario);
  const bounded = { ...report, failures: report.failures.map(clipped), scenarios };
  const cuts: readonly ((scenario: SmokeScenarioReport) => SmokeScenarioReport)[] = [
    (one) => (one.passed ? { ...one, turns: [], latency: [] } : one),
    (one) => (one.passed ? { ...one, steps: [] } : one),
    (one) => ({ ...one, turns: one.turns.slice(-12), latency: one.latency.slice(-6), steps: one.steps.slice(-12) }),
    (one) => ({ ...one, turns: one.turns.slice(-2), latency: [], steps: one.steps.slice(-1) }),
  ];
  for (const cut of cuts) {
    // Largest first: as few scenarios as possible lose anything.
    const order = scenarios
      .map((_, index) => index)
      .toSorted((one, other) => sizeOf(scenarios[other]) - sizeOf(scenarios[one]));
    for (const index of order) {
      if (sizeOf(bounded) <= MOST_CHARACTERS) return bounded;
      const scenario = scenarios[index];
      if (scenario !== undefined) scenarios[index] = cut(scenario);
    }
  }
  return bounded;
}

const sizeOf = (value: unknown): number => JSON.stringify(value ?? null).length;

const clippedScenario = (scenario: SmokeScenarioReport): SmokeScenarioReport => ({
  ...scenario,
  failures: scenario.failures.slice(0, 8).map(clipped),
  steps: scenario.steps.slice(-60).map((step) => ({ ...step, detail: clipped(step.detail) })),
  turns: scenario.turns.slice(-80).map((turn) => ({ ...turn, text: clipped(turn.text) })),
  latency: scenario.latency.slice(-40).map((each) => ({ ...each, callerText: clipped(each.callerText) })),
});
