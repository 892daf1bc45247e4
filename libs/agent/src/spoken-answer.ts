import type { ResponseSink, SpokenLine } from "./conversation-engine.ts";
import { type Exchange, newRound, type Round } from "./history.ts";

/** What one answer tells to be spoken, kept by round for the conversation's history. */
export class SpokenAnswer {
  readonly exchange: Exchange;
  readonly #sink: ResponseSink;
  #text = "";

  constructor(callerText: string | null, sink: ResponseSink) {
    this.exchange = { callerText, rounds: [] };
    this.#sink = sink;
  }

  /** A model is asked: what it says belongs to this round. */
  open(): Round {
    const round = newRound();
    this.exchange.rounds.push(round);
    return round;
  }

  /** A round that came to nothing is forgotten. */
  drop(round: Round): void {
    const index = this.exchange.rounds.indexOf(round);
    if (index !== -1) this.exchange.rounds.splice(index, 1);
  }

  /** Passes text on as it comes; what follows earlier text is kept apart from it. */
  speak(round: Round, delta: string): void {
    if (delta === "") return;
    const isGlued = round.text === "" && this.#text !== "" && !/\s$/.test(this.#text) && !/^\s/.test(delta);
    const text = isGlued ? ` ${delta}` : delta;
    round.text += text;
    this.#text += text;
    this.#sink.text(text);
  }

  say(line: SpokenLine): void {
    this.exchange.rounds.push(newRound(line.text));
    this.#text = `${this.#text.trimEnd()} ${line.text}`;
    this.#sink.line(line);
  }

  get isEmpty(): boolean {
    return this.#text.trim() === "";
  }

  /** True when it ends by asking something back. */
  get isAsking(): boolean {
    return asks(this.#text);
  }

  includes(text: string): boolean {
    return this.#text.includes(text);
  }
}

/** True for a text that ends by asking something back. */
export const asks = (text: string): boolean => /[?？]["”')\]]*\s*$/.test(text);
