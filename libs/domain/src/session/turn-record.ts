/**
 * Instants of one answered turn on the node's monotonic clock, milliseconds; null when it did not happen. With speculation the model may
 * have begun before the turn had ended.
 */
export interface TurnMilestones {
  /** Last frame with the caller's voice. */
  readonly callerStoppedMs: number;
  /** The recognised text that was answered was known. */
  readonly transcribedMs: number | null;
  /** The turn machine yielded the floor to us. */
  readonly turnEndedMs: number;
  readonly firstTokenMs: number | null;
  readonly firstAudioMs: number | null;
  readonly firstSentMs: number | null;
  /** The carrier acknowledged that our first 20 ms of speech were played. */
  readonly firstHeardMs: number | null;
}

/** Where the response latency of a turn went, milliseconds. The parts add up to `totalMs` exactly. */
export interface LatencyParts {
  /** Caller stopped → text known. */
  readonly transcribeMs: number;
  /** Text known → floor yielded: endpointing. */
  readonly endOfTurnMs: number;
  /** Floor yielded → first token; 0 when it was there already (speculation). */
  readonly modelMs: number;
  /** First token → first audio. */
  readonly speechMs: number;
  /** First audio → sent to the carrier. */
  readonly sendMs: number;
  /** Sent → heard. */
  readonly networkMs: number;
  /** Caller stopped → heard: what the caller experiences. */
  readonly totalMs: number;
}

/** The parts of a turn's latency; null when nothing of the answer was heard. Each milestone counts from the latest one before it. */
export function latencyParts(at: TurnMilestones): LatencyParts | null {
  if (at.firstHeardMs === null) return null;
  const order = [at.transcribedMs, at.turnEndedMs, at.firstTokenMs, at.firstAudioMs, at.firstSentMs, at.firstHeardMs];
  let latestMs = at.callerStoppedMs;
  const parts = order.map((milestoneMs) => {
    const reachedMs = Math.min(
      Math.max(latestMs, milestoneMs ?? latestMs),
      Math.max(at.firstHeardMs ?? latestMs, latestMs),
    );
    const partMs = reachedMs - latestMs;
    latestMs = reachedMs;
    return partMs;
  });
  const [transcribeMs = 0, endOfTurnMs = 0, modelMs = 0, speechMs = 0, sendMs = 0, networkMs = 0] = parts;
  return { transcribeMs, endOfTurnMs, modelMs, speechMs, sendMs, networkMs, totalMs: latestMs - at.callerStoppedMs };
}

/** A tool as one turn used it. */
export interface TurnTool {
  readonly tool: string;
  readonly outcome: "success" | "empty" | "failure";
  readonly durationMs: number;
  readonly isSpeculative: boolean;
}

/** Everything that is kept of one turn: a caller's words and the agent's answer to them. Payload of `turn-ended`. */
export interface TurnRecord {
  /** From 1; 0 is the opening. */
  readonly turn: number;
  readonly objective: string;
  /** Redacted before it is stored. */
  readonly callerText: string;
  /** What was really heard of the answer; redacted before it is stored. */
  readonly agentText: string;
  readonly wasInterrupted: boolean;
  /** The answer had been begun on a partial and was kept. */
  readonly wasSpeculative: boolean;
  /** Speculative answers of this turn that were thrown away. */
  readonly discarded: number;
  readonly latency: LatencyParts | null;
  /** Caller stopped → the answer was over, milliseconds; absent where only a vendor heard it. */
  readonly durationMs?: number;
  /** `measured` here; `vendor-reported` for hosted agents: never compared with each other (ruling 40). */
  readonly source: "measured" | "vendor-reported";
  /** Provider that served each kind in this turn. */
  readonly providers: { readonly stt: string | null; readonly llm: string | null; readonly tts: string | null };
  /** Model of each of `providers`, null where nobody served; of an LLM the full one, also where its light model answered. Absent in old records. */
  readonly models?: { readonly stt: string | null; readonly llm: string | null; readonly tts: string | null };
  /** Failovers inside the turn. */
  readonly retries: number;
  /** 0–1; null when the provider gave none. */
  readonly confidence: number | null;
  /** Mean level of the caller's voice, dBFS; null when none was measured. */
  readonly callerLevelDb: number | null;
  /** Share of caller frames that never came, 0–1. */
  readonly lossRatio: number;
  readonly tools: readonly TurnTool[];
  /** Longest time without any sound towards the caller while an answer was due, milliseconds. */
  readonly longestSilenceMs: number;
  readonly tokens: { readonly input: number; readonly output: number };
  /** The part of `tokens` that the light model used; absent where no light model answered. */
  readonly lightTokens?: { readonly input: number; readonly output: number };
  /** Characters given to TTS. */
  readonly spokenCharacters: number;
}
