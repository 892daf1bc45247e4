import type { TurnRecord } from "@tandem/domain/session";
import type { CallerStep } from "@tandem/domain/manifest";
import type { SpokenReport, SpokenTurn, TrialScript, TrialTrace } from "@tandem/ports/ingress-probe";

const LATENCY_MS = 240;

/** The report of a conversation in which everything went as the script asks, faults survived: what tests change. */
export function heldConversation(level: SpokenReport["level"], sessionId: string, script: TrialScript): SpokenReport {
  const { steps, faults } = script;
  const said = steps.flatMap((step) => (step.do === "say" || step.do === "interrupt" ? [step.text] : []));
  const turns: SpokenTurn[] = [spokenTurn("agent", "Hello.", 0, null)];
  for (const [index, text] of said.entries()) {
    const startMs = 2000 * (index + 1);
    turns.push(spokenTurn("caller", text, startMs, null), spokenTurn("agent", "I see.", startMs + 1000, LATENCY_MS));
  }
  return {
    level,
    trouble: null,
    ok: true,
    steps: steps.map((step, index) => ({ do: step.do, ok: true, detail: "well", atMs: index * 1000 })),
    turns,
    longestSilenceMs: LATENCY_MS,
    damagedWords: 0,
    endedBy: "agent",
    durationMs: steps.length * 1000,
    trace: traceOf(sessionId, { level, steps, said, isDisturbed: faults.length > 0 }),
  };
}

function traceOf(
  sessionId: string,
  call: {
    readonly level: SpokenReport["level"];
    readonly steps: readonly CallerStep[];
    readonly said: readonly string[];
    readonly isDisturbed: boolean;
  },
): TrialTrace {
  const tools = call.steps.flatMap((step) => (step.do === "expect-tool" ? [step] : []));
  const wasInterrupted = call.steps.some((step) => step.do === "interrupt");
  const durationMs = call.isDisturbed ? 2600 : 20;
  return {
    sessionId,
    turns: [
      { ...turnRecord(0, "", call.level), wasInterrupted, agentText: wasInterrupted ? "Hel" : "Hello." },
      ...call.said.map((text, index) => ({
        ...turnRecord(index + 1, text, call.level),
        retries: call.isDisturbed ? 1 : 0,
      })),
    ],
    tools: tools.map(({ tool, outcome }) => ({ tool, outcome, durationMs })),
    made: tools.map(({ tool }) => ({ tool, result: { event_id: `event-of-${sessionId}` } })),
    openTools: 0,
    ended: "hang-up",
    handedOffTo: null,
  };
}

const spokenTurn = (by: SpokenTurn["by"], text: string, startMs: number, latencyMs: number | null): SpokenTurn => ({
  by,
  text,
  startMs,
  endMs: startMs + 900,
  latencyMs,
  wasInterrupted: false,
});

/** One turn as the media service records it, answered in 240 ms. */
export const turnRecord = (turn: number, callerText: string, level: SpokenReport["level"] = "spoken"): TurnRecord => ({
  turn,
  objective: "help",
  callerText,
  agentText: "I see.",
  wasInterrupted: false,
  wasSpeculative: false,
  discarded: 0,
  latency:
    level === "text" || turn === 0
      ? null
      : {
          transcribeMs: 60,
          endOfTurnMs: 40,
          modelMs: 80,
          speechMs: 40,
          sendMs: 1,
          networkMs: 19,
          totalMs: LATENCY_MS,
        },
  source: level === "text" ? "vendor-reported" : "measured",
  providers: { stt: "one", llm: "one", tts: "one" },
  retries: 0,
  confidence: 0.9,
  callerLevelDb: -20,
  lossRatio: 0,
  tools: [],
  longestSilenceMs: LATENCY_MS,
  tokens: { input: 10, output: 10 },
  spokenCharacters: 6,
});
