import type { Clock } from "@tandem/kernel";
import { CARRIER_FORMAT, type ProviderFailure } from "@tandem/ports/provider";
import type { HeardWord, Segment, SttEvent, SttStream } from "@tandem/ports/stt";
import { type ChainLink, type ChainListener, countFailure, missed } from "./chain.ts";
import { UtteranceAudio } from "./utterance-audio.ts";

/** Heard before the voice detector noticed. */
const RUN_UP_MS = 800;
/** So much voice must bring a word in time. */
const LEAST_VOICE_MS = 240;
/** Word times of two recognisers differ by less than a word. */
const LEAST_WORD_MS = 100;

export interface SttChainOptions {
  readonly endpointingMs: number;
  readonly keywords: readonly string[];
  readonly clock: Pick<Clock, "monotonicMs">;
  /**
   * Longest wait for a first result while the caller speaks, and once the caller has stopped, milliseconds: of audio, and of time too, as
   * audio that was held up comes all at once.
   */
  readonly deadlineMs: number;
  readonly afterVoiceMs: number;
  readonly listener: ChainListener;
  /** Events of whichever recogniser is listening; times in milliseconds of the call's audio. `closed` is never told. */
  readonly onEvent: (event: SttEvent) => void;
  /** The utterance is heard again from its start by another recogniser: what was told of it is void. */
  readonly onFailover: () => void;
  /** Nobody listens any more. */
  readonly onExhausted: () => void;
}

/** One that owed words when another took over. */
interface Suspect {
  readonly link: ChainLink<"stt">;
  readonly heardUntilMs: number;
}

/** The recognisers of a release behind one call. Audio is kept while an utterance lasts and replayed to the next when one fails. */
export class SttChain {
  readonly #options: SttChainOptions;
  readonly #audio = new UtteranceAudio();
  #links: readonly ChainLink<"stt">[] = [];
  #link: ChainLink<"stt"> | null = null;
  #stream: SttStream | null = null;
  #opening = 0;
  #failures = 0;
  #offsetMs = 0;
  #isUtterance = false;
  #isVoice = false;
  #isClosed = false;
  /** Position since which voice is without a result; null when none is. */
  #dueSinceMs: number | null = null;
  /** The same on the clock. */
  #dueAtMs = 0;
  #unheardVoiceMs = 0;
  #voiceEndMs = 0;
  #voiceEndAtMs = 0;
  /** Did not answer in time: a failure once another one hears words in the same audio; else it was noise. */
  #suspects: readonly Suspect[] = [];
  /** Up to where words were heard, milliseconds of the call's audio. */
  #heardUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: SttChainOptions) {
    this.#options = options;
  }

  get provider(): string | null {
    return this.#link?.provider ?? null;
  }

  /** Model that listens now; null when nobody does. */
  get model(): string | null {
    return this.#link?.choice.model ?? null;
  }

  get positionMs(): number {
    return this.#audio.positionMs;
  }

  attach(links: readonly ChainLink<"stt">[]): void {
    if (this.#isClosed) return;
    this.#links = links;
    this.#openNext(links);
  }

  /** One frame of the caller's audio. */
  push(frame: Uint8Array): void {
    this.#audio.push(frame);
    if (!this.#isUtterance) this.#audio.holdFrom(this.#audio.positionMs - RUN_UP_MS);
    this.#stream?.send(frame);
    if (this.#isVoice) this.#unheardVoiceMs += frame.length / 8;
    if (this.#dueSinceMs !== null && this.#isLate(this.#dueSinceMs)) this.#suspect();
  }

  /** What the voice detector hears: an utterance is kept from a little before its first voice. */
  voice(isVoice: boolean): void {
    this.#isVoice = isVoice;
    if (!isVoice) {
      this.#voiceEndMs = this.#audio.positionMs;
      this.#voiceEndAtMs = this.#options.clock.monotonicMs();
      return;
    }
    this.#isUtterance = true;
    this.#expect();
  }

  /** The utterance was answered, or was none: its audio is not needed again. */
  settle(): void {
    this.#isUtterance = this.#isVoice;
    this.#expectNext();
    this.#heardUntilMs = this.#audio.positionMs;
    this.#suspects = [];
  }

  finalize(): void {
    this.#stream?.finalize();
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #isLate(sinceMs: number): boolean {
    if (this.#unheardVoiceMs < LEAST_VOICE_MS) return false;
    const { deadlineMs, afterVoiceMs, clock } = this.#options;
    const { positionMs } = this.#audio;
    if (positionMs - sinceMs >= deadlineMs && clock.monotonicMs() - this.#dueAtMs >= deadlineMs) return true;
    if (this.#isVoice || positionMs - Math.max(sinceMs, this.#voiceEndMs) < afterVoiceMs) return false;
    return clock.monotonicMs() - Math.max(this.#dueAtMs, this.#voiceEndAtMs) >= afterVoiceMs;
  }

  /** From here on a result is due, if none was already. */
  #expect(): void {
    if (this.#dueSinceMs !== null) return;
    this.#dueSinceMs = this.#audio.positionMs;
    this.#dueAtMs = this.#options.clock.monotonicMs();
  }

  #suspect(): void {
    const link = this.#link;
    this.#dueSinceMs = null;
    if (link === null) return;
    const untried = this.#after(link).filter(
      (other) => other !== link && !other.breaker.isOpen && !this.#isSuspect(other),
    );
    if (untried.length === 0) return; // nobody hears words in it: noise
    this.#suspects = [...this.#suspects, { link, heardUntilMs: this.#heardUntilMs }];
    this.#drop();
    this.#options.onFailover();
    this.#openNext(untried);
  }

  #isSuspect(link: ChainLink<"stt">): boolean {
    return this.#suspects.some((suspect) => suspect.link === link);
  }

  /** The chain from the link after this one on, around to itself. */
  #after(link: ChainLink<"stt">): readonly ChainLink<"stt">[] {
    const at = this.#links.indexOf(link) + 1;
    return [...this.#links.slice(at), ...this.#links.slice(0, at)];
  }

  #openNext(links: readonly ChainLink<"stt">[]): void {
    const link = links.find(({ breaker }) => !breaker.isOpen);
    if (link === undefined) {
      this.#link = null;
      return this.#options.onExhausted();
    }
    this.#link = link;
    const { endpointingMs, keywords } = this.#options;
    const options = { ...link.choice, format: CARRIER_FORMAT, endpointingMs, keywords };
    const opening = (this.#opening += 1);
    const stream = link.port.open(options, (event) => {
      if (this.#opening === opening) this.#take(link, event);
    });
    if (this.#opening !== opening) return; // failed while it opened: another one is in place
    this.#stream = stream;
    this.#offsetMs = this.#audio.replay((audio) => stream.send(audio));
    if (this.#isVoice || this.#isUtterance) this.#expect();
  }

  #take(link: ChainLink<"stt">, event: SttEvent): void {
    switch (event.type) {
      case "closed":
        return this.#failed(link, event.failure ?? missed("The stream was closed."));
      case "partial":
      case "final": {
        const segment = this.#shifted(event.segment);
        if (segment.text !== "") this.#heard(link, segment.words.at(-1)?.endMs ?? segment.endMs);
        else if (event.type === "final") this.#expectNext();
        return this.#options.onEvent({ ...event, segment });
      }
      case "speech-started":
        return this.#options.onEvent({ ...event, atMs: event.atMs + this.#offsetMs });
      case "utterance-end":
        this.#expectNext();
        return this.#options.onEvent({ ...event, lastWordEndMs: event.lastWordEndMs + this.#offsetMs });
      case "end-of-turn":
        this.#expectNext();
        return this.#options.onEvent(event);
      case "turn-resumed":
        return this.#options.onEvent(event);
    }
  }

  /** The recogniser has told what it knows; more is due when the caller says more. */
  #expectNext(): void {
    this.#dueSinceMs = null;
    if (this.#isVoice) this.#expect();
    this.#unheardVoiceMs = 0;
  }

  /** Words came: the recogniser works, and those that did not hear as far in the same audio do not. */
  #heard(link: ChainLink<"stt">, untilMs: number): void {
    this.#expectNext();
    this.#heardUntilMs = Math.max(this.#heardUntilMs, untilMs);
    this.#failures = 0;
    link.breaker.succeeded();
    for (const suspect of this.#suspects) {
      if (untilMs <= suspect.heardUntilMs + LEAST_WORD_MS) continue;
      this.#suspects = this.#suspects.filter((other) => other !== suspect);
      const failure = missed("No words of what another recogniser understood.");
      countFailure(suspect.link, failure, this.#options.listener);
    }
  }

  #failed(link: ChainLink<"stt">, failure: ProviderFailure): void {
    this.#drop();
    countFailure(link, failure, this.#options.listener);
    this.#failures += 1;
    // A chain that has failed all around without a word in between is down, whatever its breakers say yet.
    if (this.#failures >= this.#links.length) return this.#options.onExhausted();
    this.#options.onFailover();
    this.#openNext(this.#after(link));
  }

  #drop(): void {
    const stream = this.#stream;
    this.#opening += 1;
    this.#stream = null;
    this.#link = null;
    stream?.close();
  }

  #shifted(segment: Segment): Segment {
    const offsetMs = this.#offsetMs;
    if (offsetMs === 0) return segment;
    const words: HeardWord[] = segment.words.map((word) => ({
      ...word,
      startMs: word.startMs + offsetMs,
      endMs: word.endMs + offsetMs,
    }));
    return { ...segment, words, startMs: segment.startMs + offsetMs, endMs: segment.endMs + offsetMs };
  }
}
