import type { EngineEvent } from "@tandem/agent";
import { latencyParts, type TurnRecord, type TurnTool } from "@tandem/domain/session";
import type { CallCounters } from "../call/call-counters.ts";

/** Instants of one answer, monotonic milliseconds; null when it did not happen. */
export interface AnswerTimes {
  firstTokenMs: number | null;
  firstAudioMs: number | null;
  firstSentMs: number | null;
  firstHeardMs: number | null;
}

/** A turn whose answer is being given. */
interface OpenTurn {
  readonly objective: string;
  readonly callerText: string;
  readonly confidence: number | null;
  readonly callerStoppedMs: number;
  /** When the words answered were known; null for the opening and reminders. */
  readonly transcribedMs: number | null;
  readonly turnEndedMs: number;
  readonly wasSpeculative: boolean;
  readonly discarded: number;
  readonly callerLevelDb: number | null;
  readonly lossRatio: number;
  readonly times: AnswerTimes;
}

/** Who did a part of a turn; null when nobody did. */
interface Server {
  readonly provider: string | null;
  readonly model: string | null;
}

const NOBODY: Server = { provider: null, model: null };

/** Longer than this is a silence of its own. */
const SILENCE_MS = 2000;

/** Keeps account of the turn in progress and tells its record when it is over. */
export class TurnLog {
  readonly #counters: CallCounters;
  readonly #onTurn: (record: TurnRecord) => void;
  #number = -1;
  #turn: OpenTurn | null = null;
  #discarded = 0;
  #retries = 0;
  #tools: TurnTool[] = [];
  #tokens = { input: 0, output: 0 };
  #lightTokens = { input: 0, output: 0 };
  #tier: "light" | "full" = "full";
  #longestSilenceMs = 0;
  #levelSumDb = 0;
  #levels = 0;
  #frames = 0;
  #lostFrames = 0;
  /** Tools begun before their turn had ended. */
  readonly #speculative = new Set<string>();
  #llm: Server = NOBODY;
  #tts: Server = NOBODY;

  constructor(counters: CallCounters, onTurn: (record: TurnRecord) => void) {
    this.#counters = counters;
    this.#onTurn = onTurn;
  }

  /** A frame with the caller's voice. */
  voiced(levelDb: number): void {
    this.#levelSumDb += levelDb;
    this.#levels += 1;
  }

  failedOver(): void {
    this.#retries += 1;
    this.#counters.failovers += 1;
  }

  /** Output of a provider is being used. */
  served(kind: "llm" | "tts", by: Server): void {
    if (kind === "llm") this.#llm = by;
    else this.#tts = by;
  }

  discarded(): void {
    this.#discarded += 1;
    this.#counters.speculationsDiscarded += 1;
  }

  readonly event = (event: EngineEvent): void => {
    if (event.type === "tool-started" && event.isSpeculative) this.#speculative.add(event.tool);
    if (event.type === "tool-finished") {
      const { tool, outcome, durationMs } = event;
      this.#tools.push({ tool, outcome, durationMs, isSpeculative: this.#speculative.delete(tool) });
    }
    if (event.type === "model-asked") this.#tier = event.tier;
    if (event.type === "model-answered") {
      add(this.#tokens, event);
      if (this.#tier === "light") add(this.#lightTokens, event);
    }
  };

  /** The caller's turn has ended and its answer is known. */
  committed(
    turn: Pick<
      OpenTurn,
      | "objective"
      | "callerText"
      | "confidence"
      | "callerStoppedMs"
      | "transcribedMs"
      | "turnEndedMs"
      | "times"
      | "wasSpeculative"
    >,
  ): void {
    this.#number += 1;
    const { frames, lostFrames } = this.#counters;
    const due = frames - this.#frames + lostFrames - this.#lostFrames;
    this.#turn = {
      ...turn,
      discarded: this.#discarded,
      callerLevelDb: this.#levels === 0 ? null : this.#levelSumDb / this.#levels,
      lossRatio: due === 0 ? 0 : (lostFrames - this.#lostFrames) / due,
    };
    if (turn.wasSpeculative) this.#counters.speculationsKept += 1;
    this.#discarded = 0;
    this.#levelSumDb = 0;
    this.#levels = 0;
    this.#frames = frames;
    this.#lostFrames = lostFrames;
    this.#longestSilenceMs = 0;
  }

  /** Sound leaves for the caller after none since then: whether that was long while an answer was due. */
  sounded(atMs: number, sinceMs: number): void {
    if (this.#turn === null) return;
    const silenceMs = atMs - Math.max(sinceMs, this.#turn.turnEndedMs);
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, silenceMs);
    if (silenceMs > SILENCE_MS) this.#counters.silences += 1;
  }

  /** The answer is over: heard whole or cut off. */
  ended(answer: {
    readonly agentText: string;
    readonly wasInterrupted: boolean;
    readonly spokenCharacters: number;
    readonly stt: Server;
    readonly atMs: number;
  }): void {
    const turn = this.#turn;
    if (turn === null) return;
    this.#turn = null;
    const { agentText, wasInterrupted, spokenCharacters, stt, atMs } = answer;
    const { times, callerStoppedMs, transcribedMs, turnEndedMs, objective, callerText, confidence } = turn;
    // What a voice was given and did not come to say is that voice's all the same; what was rendered before is nobody's.
    const tts = spokenCharacters > 0 ? this.#tts : NOBODY;
    const { wasSpeculative, discarded, callerLevelDb, lossRatio } = turn;
    const latency = latencyParts({ callerStoppedMs, transcribedMs, turnEndedMs, ...times });
    this.#onTurn({
      turn: this.#number,
      objective,
      callerText,
      agentText,
      wasInterrupted,
      wasSpeculative,
      discarded,
      latency,
      durationMs: Math.max(0, atMs - callerStoppedMs),
      source: "measured",
      providers: { stt: stt.provider, llm: this.#llm.provider, tts: tts.provider },
      models: { stt: stt.model, llm: this.#llm.model, tts: tts.model },
      retries: this.#retries,
      confidence,
      callerLevelDb,
      lossRatio,
      tools: this.#tools,
      longestSilenceMs: this.#longestSilenceMs,
      tokens: this.#tokens,
      ...(this.#lightTokens.input + this.#lightTokens.output > 0 ? { lightTokens: this.#lightTokens } : {}),
      spokenCharacters,
    });
    this.#llm = NOBODY;
    this.#retries = 0;
    this.#tools = [];
    this.#tokens = { input: 0, output: 0 };
    this.#lightTokens = { input: 0, output: 0 };
  }
}

function add(tokens: { input: number; output: number }, answered: { inputTokens: number; outputTokens: number }): void {
  tokens.input += answered.inputTokens;
  tokens.output += answered.outputTokens;
}
