import { frameClock } from "@tandem/audio";
import type { Clock } from "@tandem/kernel";
import type { HeardWord } from "@tandem/ports/stt";
import { Ear } from "./ear.ts";
import { Mouth } from "./mouth.ts";
import type { PhoneLine } from "./phone-line.ts";
import { spokenWords } from "./spoken-text.ts";
import type { Announcement, Utterance } from "./turns.ts";
import type { Voice } from "./voice.ts";

export interface CallSessionOptions {
  readonly line: PhoneLine;
  readonly voice: Voice;
  readonly clock: Clock;
  readonly noiseSeed: number;
  readonly signal: AbortSignal | null;
  /** Told about each word and announcement as it is heard. */
  readonly onHeard: (text: string, atMs: number) => void;
}

/** How long the carrier may take to tell that the caller's hanging up has arrived. */
const ENDS_WITHIN_MS = 2000;

/** Why a wait ended without what it waited for. */
export type Missed = "late" | "ended" | "stopped" | "deaf";

/** One call while it lasts: frames out at the common beat, frames in as they come, and waits that are looked at with each beat. */
export class CallSession {
  readonly line: PhoneLine;
  readonly mouth: Mouth;
  readonly ear: Ear;
  readonly utterances: Utterance[] = [];
  readonly announcements: Announcement[] = [];
  readonly #options: CallSessionOptions;
  readonly #startedMs: number;
  readonly #unlisten: () => void;
  #look: () => void = () => {};
  #speakingSinceMs: number | null = null;
  #toldWords = 0;
  #heard: { readonly count: number; readonly sinceMs: number; readonly words: readonly string[] } = {
    count: 0,
    sinceMs: 0,
    words: [],
  };
  digits = "";
  longestSilenceMs = 0;
  /** The caller waits for an answer: silence counts. */
  isWaiting = false;
  /** What the call is connected to; empty at first. */
  connectedTo = "";
  /** Carrier's word for how the call ended; null while it lasts. */
  endStatus: string | null = null;
  hasHungUp = false;

  constructor(options: CallSessionOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
    this.line = options.line;
    this.mouth = new Mouth((frame) => options.line.send(frame), options.noiseSeed);
    this.ear = new Ear(options.voice, (beginMs) => this.#sound(beginMs));
    options.line.listen({
      heard: (frame) => this.ear.hear(frame, this.nowMs),
      said: (text) => {
        this.announcements.push({ text, atMs: this.nowMs });
        options.onHeard(text, this.nowMs);
      },
      connected: (to) => {
        this.connectedTo = to;
      },
      ended: (status) => {
        this.endStatus ??= status;
      },
    });
    this.#unlisten = frameClock.listen(() => this.#beat());
  }

  /** Moment of the call: milliseconds since listening began. */
  get nowMs(): number {
    return this.#options.clock.monotonicMs() - this.#startedMs;
  }

  get isSpeaking(): boolean {
    return this.#speakingSinceMs !== null;
  }

  /** Handed to a person, or over. */
  get isOver(): boolean {
    return this.endStatus !== null || this.connectedTo === "person";
  }

  /** Since when the agent's words answer the caller. */
  get lastSpokeMs(): number {
    return this.utterances.at(-1)?.endMs ?? Number.NEGATIVE_INFINITY;
  }

  /** Begins to speak; resolves once the speech is ready and its first frame is next. */
  async say(text: string): Promise<void> {
    const speech = await this.ear.render(text);
    const startMs = this.nowMs;
    this.#speakingSinceMs = startMs;
    this.mouth.say(speech, (endMs) => {
      this.utterances.push({ text, startMs, endMs, latencyMs: null });
      this.#speakingSinceMs = null;
    });
  }

  press(digit: string): void {
    this.digits += digit;
    this.line.press(digit);
  }

  hangUp(): void {
    if (this.endStatus === null) this.hasHungUp = true;
    this.line.hangUp();
  }

  /** Words heard since this moment, as they are compared; the carrier's announcements too. Worked out again only when there is more. */
  heardSince(sinceMs: number): readonly string[] {
    const count = this.ear.words.length + this.announcements.length;
    if (this.#heard.count === count && this.#heard.sinceMs === sinceMs) return this.#heard.words;
    const words = this.ear.words.filter(({ startMs }) => startMs + 20 >= sinceMs).map(({ text }) => text);
    const said = this.announcements.filter(({ atMs }) => atMs >= sinceMs).map(({ text }) => text);
    this.#heard = { count, sinceMs, words: spokenWords([...words, ...said].join(" ")) };
    return this.#heard.words;
  }

  /** Resolves with the first non-null answer of `test`, asked with each beat; or with why there will be none. */
  until<Found>(test: () => Found | null, withinMs: number, endsWithCall = true): Promise<Found | Missed> {
    const dueMs = this.nowMs + withinMs;
    return this.#lookUntil(() => test() ?? this.#missed(dueMs, endsWithCall));
  }

  /** The caller hangs up unless the call is over; resolves when the carrier says that it is, or after two seconds. */
  async finish(): Promise<void> {
    if (this.endStatus === null) {
      this.hangUp();
      const dueMs = this.nowMs + ENDS_WITHIN_MS;
      await this.#lookUntil(() => (this.endStatus !== null || this.nowMs >= dueMs ? true : null));
    }
    this.#unlisten();
    this.ear.flush();
    this.ear.close();
  }

  #lookUntil<Answer>(ask: () => Answer | null): Promise<Answer> {
    return new Promise((resolve) => {
      const look = () => {
        const answer = ask();
        if (answer === null) return;
        this.#look = () => {};
        resolve(answer);
      };
      this.#look = look;
      look();
    });
  }

  #missed(dueMs: number, endsWithCall: boolean): Missed | null {
    if (this.#options.signal?.aborted === true) return "stopped";
    if (this.ear.failure !== null) return "deaf";
    if (endsWithCall && this.endStatus !== null) return "ended";
    return this.nowMs >= dueMs ? "late" : null;
  }

  #beat(): void {
    const { nowMs } = this;
    if (this.endStatus === null) this.mouth.beat(nowMs);
    if (this.isWaiting) {
      const quietSinceMs = Math.max(this.ear.lastSoundMs, this.lastSpokeMs, 0);
      this.longestSilenceMs = Math.max(this.longestSilenceMs, nowMs - quietSinceMs);
    }
    this.#tellWords(this.ear.words);
    this.#look();
  }

  #tellWords(words: readonly HeardWord[]): void {
    for (const { text, startMs } of words.slice(this.#toldWords)) this.#options.onHeard(text, startMs);
    this.#toldWords = words.length;
  }

  /** A sound after a pause: the answer, when the caller has spoken last. */
  #sound(beginMs: number): void {
    const last = this.utterances.at(-1);
    if (last === undefined || last.latencyMs !== null || beginMs < last.endMs || this.isSpeaking) return;
    this.utterances[this.utterances.length - 1] = { ...last, latencyMs: beginMs - last.endMs };
  }
}
