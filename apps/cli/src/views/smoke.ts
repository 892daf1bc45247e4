import type { RolloutSmoke } from "@tandem/contracts";
import type { Paint } from "@tandem/domain/plan";

type Scenario = RolloutSmoke["scenarios"][number];

const LEVELS: Readonly<Record<RolloutSmoke["level"], string>> = {
  spoken: "spoken: callers talked with the release through the media service",
  text: "text: conversations were had with our engine over the agent's socket",
  "read-back": "read-back: the agent was read back and its tools were tried",
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2).padStart(7)}s`;

/** A smoke test as a person reads it: every scenario, with the words of both sides and where each answer's time went. */
export function smokeView(report: RolloutSmoke, paint: Paint): string {
  const { response } = report;
  return [
    `${report.passed ? paint("good", "Smoke test passed") : paint("error", "Smoke test FAILED")} at ${report.at}`,
    `  evidence   ${LEVELS[report.level]}`,
    `  samples    ${report.samples}${report.reducedEvidence ? paint("warning", ", reduced evidence") : ""}`,
    ...(response === null
      ? []
      : [
          `  answers    ${response.turns}, p50 ${response.p50Ms} ms, p95 ${response.p95Ms} ms, at most ${response.targetMs} ms`,
        ]),
    ...report.failures.map((failure) => `  ${paint("error", "✗")} ${failure}`),
    ...report.scenarios.flatMap((scenario) => ["", ...scenarioLines(scenario, paint)]),
  ].join("\n");
}

function scenarioLines(scenario: Scenario, paint: Paint): readonly string[] {
  const { name, origin, level, durationMs, reduced, passed, attempts } = scenario;
  const mark = reduced !== null ? paint("warning", "–") : passed ? paint("good", "✓") : paint("error", "✗");
  const lasted = durationMs === 0 ? "" : `, ${(durationMs / 1000).toFixed(1)} s`;
  return [
    `${mark} ${paint("title", name)} (${origin}, ${level}${lasted}${attempts > 1 ? ", held twice: the line was damaged" : ""})`,
    ...(reduced === null ? [] : [`    ${paint("warning", reduced)}`]),
    ...scenario.turns.map(turnLine),
    ...scenario.latency.filter(({ totalMs }) => totalMs > 0).map(latencyLine),
    ...scenario.steps.filter(({ ok }) => !ok).map((step) => `    ${paint("error", "✗")} ${step.do}: ${step.detail}`),
  ];
}

const turnLine = ({ by, text, startMs, latencyMs, wasInterrupted }: Scenario["turns"][number]): string => {
  const notes = [...(latencyMs === null ? [] : [`after ${latencyMs} ms`]), ...(wasInterrupted ? ["interrupted"] : [])];
  return `  ${seconds(startMs)}  ${by.padEnd(7)}  ${text}${notes.length === 0 ? "" : `   (${notes.join(", ")})`}`;
};

const latencyLine = (one: Scenario["latency"][number]): string =>
  `    turn ${one.turn}: ${one.totalMs} ms = recognised ${one.transcribeMs} + end of turn ${one.endOfTurnMs} + model ${one.modelMs} + voice ${one.speechMs} + sent ${one.sendMs} + heard ${one.networkMs}   ${one.providers}`;
