import type { Clock } from "@tandem/kernel";
import type { Tts, TtsOptions, TtsSession } from "@tandem/ports/tts";
import { answer, type ProbeOutcome, probed, type Sampling } from "./provider-probe.ts";

/** What the voices are asked to say; short, without digits, so that every recogniser writes it the same way. */
export const PROBE_TEXT = "Good morning";

/** Time to the first audio of a voice; and the audio of the first utterance, for the recognisers. Null when it was not heard out. */
export async function probeTts(
  tts: Tts,
  options: TtsOptions,
  sampling: Omit<Sampling, "lanes">,
): Promise<{ readonly outcome: ProbeOutcome; readonly audio: Uint8Array | null }> {
  const session = tts.open(options);
  let audio: Uint8Array | null = null;
  try {
    // One after the other: accounts may speak a few utterances at once only, and calls need those.
    const outcome = await probed({ ...sampling, lanes: 1 }, async (sample) => {
      const said = await say(session, sampling.clock, sample === 0);
      audio ??= said.audio;
      return said.firstMs;
    });
    return { outcome, audio };
  } finally {
    session.close();
  }
}

interface Said {
  readonly firstMs: number;
  readonly audio: Uint8Array | null;
}

function say(session: TtsSession, clock: Clock, isWhole: boolean): Promise<Said> {
  const startedMs = clock.monotonicMs();
  const chunks: Uint8Array[] = [];
  let firstMs: number | null = null;
  return answer<Said>(clock, (resolve, reject) => {
    const utterance = session.speak({
      audio: (chunk) => {
        firstMs ??= clock.monotonicMs() - startedMs;
        if (isWhole) chunks.push(chunk.slice());
        else {
          resolve({ firstMs, audio: null });
          utterance?.cancel();
        }
      },
      words: () => undefined,
      done: () =>
        firstMs === null
          ? reject({ fault: "contract", message: "the utterance ended without any audio", retryAfterMs: null })
          : resolve({ firstMs, audio: joined(chunks) }),
      failed: reject,
    });
    utterance.write(PROBE_TEXT);
    utterance.end();
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
