import { contentHash } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ObjectStore } from "@tandem/ports/object-store";
import { CARRIER_FORMAT, type ProviderChoice } from "@tandem/ports/provider";
import type { ChainLink } from "../providers/chain.ts";
import { fixedLines } from "./fixed-lines.ts";
import type { Timers } from "./timers.ts";

const RENDER_WITHIN_MS = 20_000;
/** A release has about ten lines of some 30 kB each. */
const MOST_PHRASES = 1024;
/** After a rendering that failed the next call tries again, this much later at the earliest. */
const REST_MS = 30_000;

type Voices = readonly ChainLink<"tts">[];

/**
 * Fixed lines of releases as µ-law audio, rendered once for each voice and text, in the background, and kept in the object store. During
 * calls they come from memory.
 */
export class PhraseBook {
  readonly #store: ObjectStore;
  readonly #timers: Timers;
  readonly #phrases = new Map<string, Uint8Array>();
  readonly #keys = new WeakMap<ReleaseBundle, Map<string, readonly string[]>>();
  readonly #preparing = new WeakSet<ReleaseBundle>();
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: { store: ObjectStore; timers: Timers }) {
    this.#store = parts.store;
    this.#timers = parts.timers;
  }

  /** Audio of a line in the first voice of the release that has it; null when none has yet. */
  audioOf(bundle: ReleaseBundle, text: string): Uint8Array | null {
    for (const key of this.#keysOf(bundle, text)) {
      const audio = this.#phrases.get(key);
      if (audio !== undefined) return audio;
    }
    return null;
  }

  /** Speech of any kind, for trying out recognisers. */
  anySpeech(): Uint8Array | null {
    return this.#phrases.values().next().value ?? null;
  }

  /** Renders what is missing, one line after the other. Resolves when all that can be rendered is; rejects never. */
  prepare(bundle: ReleaseBundle, openVoices: () => Promise<Voices>): Promise<void> {
    if (this.#isClosed || this.#preparing.has(bundle)) return this.#work;
    const missing = fixedLines(bundle).filter((text) => this.audioOf(bundle, text) === null);
    if (missing.length === 0) return Promise.resolve();
    this.#preparing.add(bundle);
    this.#work = this.#work.then(() => this.#prepareAll(bundle, missing, openVoices));
    return this.#work;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #prepareAll(bundle: ReleaseBundle, texts: readonly string[], openVoices: () => Promise<Voices>): Promise<void> {
    const voices = await openVoices().catch((): Voices => []);
    let isWhole = true;
    for (const text of texts) {
      if (this.#isClosed) return;
      isWhole = (await this.#prepareOne(bundle, text, voices)) && isWhole;
    }
    if (isWhole) this.#preparing.delete(bundle);
    else this.#timers.set(REST_MS, () => this.#preparing.delete(bundle));
  }

  async #prepareOne(bundle: ReleaseBundle, text: string, voices: Voices): Promise<boolean> {
    const keys = this.#keysOf(bundle, text);
    for (const key of keys) {
      const kept = await this.#store.get(key).catch(() => null);
      if (kept !== null) return this.#keep(key, kept);
    }
    for (const voice of voices) {
      const audio = await this.#render(voice, text);
      if (audio === null) continue;
      const key = phraseKey(voice.provider, voice.choice, text);
      await this.#store.put(key, audio, "audio/basic").catch(() => undefined); // memory serves; another start renders again
      return this.#keep(key, audio);
    }
    return false;
  }

  #keep(key: string, audio: Uint8Array): true {
    if (this.#phrases.size >= MOST_PHRASES) this.#phrases.delete(this.#phrases.keys().next().value as string);
    this.#phrases.set(key, audio);
    return true;
  }

  #render({ port, choice, breaker }: ChainLink<"tts">, text: string): Promise<Uint8Array | null> {
    if (breaker.isOpen) return Promise.resolve(null);
    return new Promise((resolve) => {
      const chunks: Uint8Array[] = [];
      const session = port.open({ ...choice, format: CARRIER_FORMAT });
      const end = (audio: Uint8Array | null): void => {
        timer.cancel();
        session.close();
        resolve(audio);
      };
      const timer = this.#timers.set(RENDER_WITHIN_MS, () => end(null));
      const utterance = session.speak({
        audio: (chunk) => void chunks.push(chunk.slice()),
        words: () => undefined,
        done: () => end(chunks.length === 0 ? null : joined(chunks)),
        failed: () => end(null),
      });
      utterance.write(text);
      utterance.end();
    });
  }

  /** Keys of a line in the voices of the release, first choice first. */
  #keysOf(bundle: ReleaseBundle, text: string): readonly string[] {
    let byText = this.#keys.get(bundle);
    if (byText === undefined) this.#keys.set(bundle, (byText = new Map()));
    let keys = byText.get(text);
    if (keys === undefined) {
      const { language } = bundle.agent;
      keys = bundle.providers.tts.map(({ provider, model, voice, settings }) =>
        phraseKey(provider, { model, voice: voice ?? "", language, settings }, text),
      );
      if (byText.size < MOST_PHRASES) byText.set(text, keys);
    }
    return keys;
  }
}

const phraseKey = (provider: string, { model, voice, language, settings }: ProviderChoice, text: string): string =>
  `phrases/${contentHash({ provider, model, voice, language, settings, text })}.ulaw`;

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
