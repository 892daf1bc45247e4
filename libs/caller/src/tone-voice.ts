import { renderTones, type SoundFormat, ToneReader } from "@tandem/audio";
import type { Voice } from "./voice.ts";

const LINE: SoundFormat = { encoding: "mulaw", sampleRateHz: 8000 };
const LEVEL_DB = -18;

/** Speaks and hears readable tones: exact words through real audio. */
export const toneVoice = (options: { readonly msPerCharacter?: number } = {}): Voice => ({
  levelDb: LEVEL_DB,
  open(listener) {
    const reader = new ToneReader(LINE, (event) => {
      if (event.type === "word") listener.word(event);
    });
    return {
      render: (text) => Promise.resolve(renderTones(text, LINE, { ...options, levelDb: LEVEL_DB }).audio),
      hear: (frame) => reader.push(frame),
      flush: () => reader.flush(),
      close: () => {},
    };
  },
});
