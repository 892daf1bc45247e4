import { CARRIER_FORMAT, type ProviderChoice } from "@tandem/ports/provider";
import type { Segment, Stt, SttStream } from "@tandem/ports/stt";
import type { Tts, TtsSession } from "@tandem/ports/tts";
import type { HearingListener, Voice } from "./voice.ts";

/** Accounts and settings behind a caller that speaks and listens with real providers. */
export interface ProviderVoice {
  readonly tts: { readonly account: Tts; readonly choice: ProviderChoice };
  readonly stt: { readonly account: Stt; readonly choice: ProviderChoice };
}

const SPEECH_LEVEL_DB = -20;
const ENDPOINTING_MS = 300;

/** Speaks through a TTS and hears through an STT account, as a person would. */
export const providerVoice = ({ tts, stt }: ProviderVoice): Voice => ({
  levelDb: SPEECH_LEVEL_DB,
  open(listener) {
    const mouth = tts.account.open({ ...tts.choice, format: CARRIER_FORMAT });
    const ear = openEar(stt, listener);
    return {
      render: (text) => render(mouth, text),
      hear: (frame) => ear.send(frame),
      flush: () => ear.finalize(),
      close: () => {
        mouth.close();
        ear.close();
      },
    };
  },
});

const render = (mouth: TtsSession, text: string): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    const utterance = mouth.speak({
      audio: (chunk) => pieces.push(chunk.slice()),
      words: () => {},
      done: () => resolve(new Uint8Array(Buffer.concat(pieces))),
      failed: ({ message }) => reject(new Error(`the caller's voice failed: ${message}`)),
    });
    utterance.write(text);
    utterance.end();
  });

function openEar({ account, choice }: ProviderVoice["stt"], listener: HearingListener): SttStream {
  /** Words of the open segment that were told. */
  let told = 0;
  const tell = ({ words }: Segment, upTo: number) => {
    for (const word of words.slice(told, upTo)) listener.word(word);
    told = Math.max(told, upTo);
  };
  return account.open({ ...choice, format: CARRIER_FORMAT, endpointingMs: ENDPOINTING_MS, keywords: [] }, (event) => {
    // The last word of a partial may still change.
    if (event.type === "partial") tell(event.segment, event.segment.words.length - 1);
    else if (event.type === "final") {
      tell(event.segment, event.segment.words.length);
      told = 0;
    } else if (event.type === "closed" && event.failure !== null) listener.failed(event.failure.message);
  });
}
