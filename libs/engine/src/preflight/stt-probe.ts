import type { Clock } from "@tandem/kernel";
import type { Stt, SttEvent, SttOptions } from "@tandem/ports/stt";
import { answer, type ProbeOutcome, probed, type Sampling } from "./provider-probe.ts";
import { PROBE_TEXT } from "./tts-probe.ts";

/** µ-law at 8 kHz, as carriers send it: 20 ms a frame. */
const BYTES_PER_MS = 8;
const FRAME_BYTES = 160;
/** µ-law's byte for silence. */
const SILENCE = 0xff;
const LAST_WORD = PROBE_TEXT.toLowerCase().split(" ").at(-1) ?? "";

/**
 * Time from the end of what a caller says to the recogniser's last word of it, spoken at the speed of speech in the carrier's own
 * encoding. `speech` is µ-law at 8 kHz that says `PROBE_TEXT`.
 */
export const probeStt = (
  stt: Stt,
  { options, speech }: { readonly options: SttOptions; readonly speech: Uint8Array },
  sampling: Sampling,
): Promise<ProbeOutcome> => probed(sampling, () => recognise(stt, options, withoutSilentEnd(speech), sampling.clock));

/** A voice may end with silence; what the recogniser needs counts from the last sound. */
function withoutSilentEnd(speech: Uint8Array): Uint8Array {
  let end = speech.length;
  while (end > 0 && isQuiet(speech[end - 1] ?? SILENCE)) end -= 1;
  return end === 0 ? speech : speech.subarray(0, end);
}

/** True for a µ-law sample of the three lowest of its eight segments: 36 dB below full scale. */
const isQuiet = (sample: number): boolean => (~sample & 0x70) >> 4 < 3;

async function recognise(stt: Stt, options: SttOptions, speech: Uint8Array, clock: Clock): Promise<number> {
  const heard: Speaking["heard"] = { endedMs: null, isOver: false };
  let close = (): void => {};
  try {
    return await answer<number>(clock, (resolve, reject) => {
      const stream = stt.open(options, (event) => {
        if (event.type === "closed")
          reject(event.failure ?? { fault: "contract", message: "the stream ended by itself", retryAfterMs: null });
        else if (hasLastWord(event)) resolve(heard.endedMs === null ? 0 : clock.monotonicMs() - heard.endedMs);
      });
      close = () => {
        heard.isOver = true;
        stream.close();
      };
      speak({ stream, speech, clock, heard }).catch((error: unknown) => {
        const name = error instanceof Error ? error.name : typeof error;
        reject({ fault: "contract", message: `the stream took no audio (${name})`, retryAfterMs: null });
      });
    });
  } finally {
    close();
  }
}

interface Speaking {
  readonly stream: ReturnType<Stt["open"]>;
  readonly speech: Uint8Array;
  readonly clock: Clock;
  /** `endedMs`: when the last sound was sent; null before. */
  readonly heard: { endedMs: number | null; isOver: boolean };
}

/** Speaks at the speed of speech, each frame sent when it has been spoken, then stays silent until the answer is there. */
async function speak({ stream, speech, clock, heard }: Speaking): Promise<void> {
  const silence = new Uint8Array(FRAME_BYTES).fill(SILENCE);
  const startedMs = clock.monotonicMs();
  for (let at = 0; !heard.isOver;) {
    const frame = at < speech.length ? speech.subarray(at, at + FRAME_BYTES) : silence;
    at += frame.length;
    await clock.sleep(Math.max(0, startedMs + at / BYTES_PER_MS - clock.monotonicMs()));
    if (heard.isOver) return;
    stream.send(frame);
    if (at === speech.length) heard.endedMs = clock.monotonicMs();
  }
}

function hasLastWord(event: Exclude<SttEvent, { type: "closed" }>): boolean {
  if (event.type === "end-of-turn") return !event.isEager;
  if (event.type !== "partial" && event.type !== "final") return false;
  return event.segment.text.toLowerCase().includes(LAST_WORD);
}
