import type { Clock } from "@tandem/kernel";
import { saysTheSame } from "@tandem/domain/turn";
import type { Segment, SttEvent } from "@tandem/ports/stt";
import type { SttChain } from "../providers/stt-chain.ts";
import type { TurnDriver } from "./turn-driver.ts";

/** Words of one segment that no turn has used. */
interface Unused {
  readonly text: string;
  readonly confidence: number;
  readonly endMs: number;
}

/** Turns what recognisers tell into the words that the caller has said since the last turn. */
export class Transcriber {
  readonly #turns: TurnDriver;
  readonly #clock: Clock;
  readonly #finals: Segment[] = [];
  #partial: Segment | null = null;
  #usedUntilMs = Number.NEGATIVE_INFINITY;
  #lastText = "";
  #knownAtMs = 0;
  #ears: SttChain | null = null;

  constructor(turns: TurnDriver, clock: Clock) {
    this.#turns = turns;
    this.#clock = clock;
  }

  /** When the latest words became known, monotonic milliseconds. */
  get knownAtMs(): number {
    return this.#knownAtMs;
  }

  listenTo(ears: SttChain): void {
    this.#ears = ears;
  }

  readonly onEvent = (event: SttEvent): void => {
    switch (event.type) {
      case "partial":
        this.#partial = event.segment;
        return this.#tell(false, false);
      case "final":
        this.#partial = null;
        this.#finals.push(event.segment);
        return this.#tell(true, event.isEndpoint);
      case "utterance-end":
        return this.#turns.tell({ type: "utterance-ended" });
      case "end-of-turn":
        return this.#turns.tell({ type: "turn-end-recognised", isEager: event.isEager });
      case "turn-resumed":
        return this.#turns.tell({ type: "turn-resumed" });
      case "speech-started":
      case "closed":
        return; // the voice detector is sooner; the chain has seen to it
    }
  };

  /** Another recogniser hears the utterance anew. */
  restart(): void {
    this.#finals.length = 0;
    this.#partial = null;
  }

  /** A turn has used every word so far. `voiceEndMs`: position of the last voice. */
  use(voiceEndMs: number): void {
    const lastEndMs = this.#unused().reduce((latest, { endMs }) => Math.max(latest, endMs), voiceEndMs);
    this.#usedUntilMs = Math.max(this.#usedUntilMs, lastEndMs);
    this.#finals.length = 0;
    this.#lastText = "";
    this.#ears?.settle();
  }

  #tell(isFinal: boolean, isEndpoint: boolean): void {
    const unused = this.#unused();
    const text = unused.map((part) => part.text).join(" ");
    if (text === "" && this.#lastText === "") return;
    if (!saysTheSame(text, this.#lastText)) this.#knownAtMs = this.#clock.monotonicMs();
    this.#lastText = text;
    const endMs = unused.at(-1)?.endMs ?? 0;
    const confidence = unused.reduce((sum, part) => sum + part.confidence, 0) / Math.max(1, unused.length);
    const ageMs = Math.max(0, (this.#ears?.positionMs ?? endMs) - endMs);
    this.#turns.tell({ type: "words-heard", text, isFinal, isEndpoint, confidence, ageMs });
  }

  #unused(): readonly Unused[] {
    const segments = this.#partial === null ? this.#finals : [...this.#finals, this.#partial];
    return segments.map((segment) => this.#unusedOf(segment)).filter(({ text }) => text !== "");
  }

  #unusedOf(segment: Segment): Unused {
    const { text, words, confidence, startMs, endMs } = segment;
    const used = this.#usedUntilMs;
    if (words.length === 0) return { text: startMs >= used ? text.trim() : "", confidence, endMs };
    const fresh = words.filter((word) => (word.startMs + word.endMs) / 2 > used);
    const lastEndMs = fresh.at(-1)?.endMs ?? endMs;
    const freshText = fresh.length === words.length ? text.trim() : fresh.map((word) => word.text).join(" ");
    return { text: freshText, confidence, endMs: lastEndMs };
  }
}
