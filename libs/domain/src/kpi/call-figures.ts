import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";

/** A row of `session` as far as KPIs need it. */
export interface CallRow {
  readonly sessionId: string;
  readonly release: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  /** Null while the call goes on. */
  readonly endedAtMs: number | null;
  readonly disposition: string | null;
  /** Whatever tells callers apart; null when withheld. */
  readonly caller: string | null;
}

/** One event of a call. */
export interface CallEvent {
  readonly type: string;
  readonly payload: JsonObject;
}

/** What a provider did on a call. */
export interface ProviderUsage {
  readonly kind: "stt" | "llm" | "tts";
  /** Null where the record does not name one. */
  readonly provider: string | null;
  /** Null where the record does not name one. */
  readonly model: string | null;
  /** STT only. */
  readonly seconds: number;
  /** LLM only; `light` is the part of the light model. */
  readonly tokens: { readonly input: number; readonly output: number };
  readonly lightTokens: { readonly input: number; readonly output: number };
  /** TTS only. */
  readonly characters: number;
}

/** A call folded from its row and its events: all that KPIs, shares and costs are made from. */
export interface CallFigures extends CallRow {
  /** From answer to end; null while the call goes on. */
  readonly seconds: number | null;
  /** An agent of ours, or a hosted one, took the call. */
  readonly wasWithAgent: boolean;
  /** Talk time with the agent: the stream's, or the hosted agent's as its vendor reports. */
  readonly agentSeconds: number;
  readonly isHosted: boolean;
  readonly turns: number;
  readonly speculativeTurns: number;
  readonly breakersOpened: number;
  /** Times of more than 2 s without any sound while an answer was due. */
  readonly freezes: number;
  readonly encodingMismatches: number;
  readonly usage: readonly ProviderUsage[];
}

/** Events that `callFigures` reads; others may be left out. */
export const FIGURE_EVENTS: readonly string[] = [
  "stream-started",
  "stream-ended",
  "agent-socket-started",
  "agent-call-started",
  "agent-call-ended",
  "turn-ended",
  "breaker-opened",
  "call-metrics",
];

/** Outcomes, and events, that say that an agent took the call. */
export const AGENT_OUTCOMES: readonly string[] = ["booked", "handled", "transferred", "emergency"];
export const AGENT_STARTS: readonly string[] = ["stream-started", "agent-socket-started", "agent-call-started"];
const HOSTED = /^agent-(socket|call)-/;

/** Folds one call. Payloads are taken as they come: what is missing or of another shape counts nothing. */
export function callFigures(row: CallRow, events: readonly CallEvent[]): CallFigures {
  const payloads = (type: string) => events.filter((event) => event.type === type).map(({ payload }) => payload);
  const sum = (type: string, member: string) =>
    payloads(type).reduce((total, payload) => total + number(payload[member]), 0);
  const turns = payloads("turn-ended").filter(({ turn }) => number(turn) > 0);
  const streamSeconds = sum("stream-ended", "seconds");
  const hostedMs = Math.max(0, ...payloads("agent-call-ended").map(({ durationMs }) => number(durationMs)));
  return {
    ...row,
    seconds: row.endedAtMs === null ? null : Math.max(0, (row.endedAtMs - row.startedAtMs) / 1000),
    wasWithAgent:
      AGENT_OUTCOMES.includes(row.disposition ?? "") || events.some(({ type }) => AGENT_STARTS.includes(type)),
    agentSeconds: streamSeconds + hostedMs / 1000,
    isHosted: events.some(({ type }) => HOSTED.test(type)),
    turns: turns.length,
    speculativeTurns: turns.filter(({ wasSpeculative }) => wasSpeculative === true).length,
    breakersOpened: payloads("breaker-opened").length,
    freezes: sum("call-metrics", "silences"),
    encodingMismatches: sum("call-metrics", "encodingMismatches"),
    usage: usageOf(payloads("turn-ended"), streamSeconds),
  };
}

const number = (value: Json | undefined): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;

const NO_TOKENS = { input: 0, output: 0 };

function usageOf(turns: readonly JsonObject[], streamSeconds: number): ProviderUsage[] {
  const usage = new Map<string, ProviderUsage>();
  const add = (
    kind: ProviderUsage["kind"],
    { provider, model }: Pick<ProviderUsage, "provider" | "model">,
    more: Partial<ProviderUsage>,
  ) => {
    const key = JSON.stringify([kind, provider, model]);
    const before = usage.get(key) ?? {
      kind,
      provider,
      model,
      seconds: 0,
      tokens: NO_TOKENS,
      lightTokens: NO_TOKENS,
      characters: 0,
    };
    usage.set(key, {
      ...before,
      seconds: before.seconds + (more.seconds ?? 0),
      characters: before.characters + (more.characters ?? 0),
      tokens: added(before.tokens, more.tokens ?? NO_TOKENS),
      lightTokens: added(before.lightTokens, more.lightTokens ?? NO_TOKENS),
    });
  };
  for (const turn of turns) {
    // An STT provider listens all the time: the stream's seconds are shared out by turns.
    if (streamSeconds > 0) add("stt", servedBy(turn, "stt"), { seconds: streamSeconds / turns.length });
    const tokens = tokensOf(turn["tokens"]);
    if (tokens.input + tokens.output > 0)
      add("llm", servedBy(turn, "llm"), { tokens, lightTokens: tokensOf(turn["lightTokens"]) });
    const characters = number(turn["spokenCharacters"]);
    if (characters > 0 && streamSeconds > 0) add("tts", servedBy(turn, "tts"), { characters });
  }
  if (turns.length === 0 && streamSeconds > 0) add("stt", { provider: null, model: null }, { seconds: streamSeconds });
  return [...usage.values()];
}

const added = (left: ProviderUsage["tokens"], right: ProviderUsage["tokens"]) => ({
  input: left.input + right.input,
  output: left.output + right.output,
});

const tokensOf = (value: Json | undefined): ProviderUsage["tokens"] =>
  isJsonObject(value) ? { input: number(value["input"]), output: number(value["output"]) } : NO_TOKENS;

const servedBy = (turn: JsonObject, kind: ProviderUsage["kind"]): Pick<ProviderUsage, "provider" | "model"> => ({
  provider: nameIn(turn["providers"], kind),
  model: nameIn(turn["models"], kind),
});

function nameIn(names: Json | undefined, kind: ProviderUsage["kind"]): string | null {
  const name = isJsonObject(names) ? names[kind] : null;
  return typeof name === "string" ? name : null;
}
