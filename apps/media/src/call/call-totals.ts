import type { JsonObject } from "@tandem/kernel";
import type { TurnRecord } from "@tandem/domain/session";

/** What the turns of a call add up to: payload of `call-metrics`. */
export class CallTotals {
  #turns = 0;
  #interrupted = 0;
  #speculative = 0;
  #levelSumDb = 0;
  #levels = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #spokenCharacters = 0;
  #longestSilenceMs = 0;
  #slowestMs = 0;
  #networkSumMs = 0;
  #heard = 0;

  add(record: TurnRecord): void {
    this.#turns += 1;
    if (record.wasInterrupted) this.#interrupted += 1;
    if (record.wasSpeculative) this.#speculative += 1;
    if (record.callerLevelDb !== null) {
      this.#levelSumDb += record.callerLevelDb;
      this.#levels += 1;
    }
    this.#inputTokens += record.tokens.input;
    this.#outputTokens += record.tokens.output;
    this.#spokenCharacters += record.spokenCharacters;
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, record.longestSilenceMs);
    this.#slowestMs = Math.max(this.#slowestMs, record.latency?.totalMs ?? 0);
    if (record.latency === null) return;
    this.#networkSumMs += record.latency.networkMs;
    this.#heard += 1;
  }

  /** Mean one-way delay to the caller, milliseconds: half of what the carrier's acknowledgements took; null when nothing was heard. */
  get delayMs(): number | null {
    return this.#heard === 0 ? null : this.#networkSumMs / this.#heard / 2;
  }

  get spokenCharacters(): number {
    return this.#spokenCharacters;
  }

  toPayload(): JsonObject {
    return {
      turns: this.#turns,
      interruptedTurns: this.#interrupted,
      speculativeTurns: this.#speculative,
      /** Null when the caller was never heard. */
      callerLevelDb: this.#levels === 0 ? null : this.#levelSumDb / this.#levels,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      spokenCharacters: this.#spokenCharacters,
      longestSilenceMs: this.#longestSilenceMs,
      slowestResponseMs: this.#slowestMs,
    };
  }
}
