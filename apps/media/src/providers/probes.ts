import { MULAW_SILENCE } from "@tandem/audio";
import type { Llm, LlmRequest } from "@tandem/ports/llm";
import { CARRIER_FORMAT, type ProviderChoice } from "@tandem/ports/provider";
import type { Stt } from "@tandem/ports/stt";
import type { Tts } from "@tandem/ports/tts";
import type { Timers } from "../pipeline/timers.ts";
import type { Probe } from "./breaker.ts";

const ANSWER_WITHIN_MS = 4000;
const SILENCE = new Uint8Array(2400).fill(MULAW_SILENCE);
const CHUNK_BYTES = 800;

/** Settles once, with whatever comes first: the provider's word or the end of patience. */
function within(timers: Timers, ask: (settle: (isBack: boolean) => void) => () => void): Promise<boolean> {
  return new Promise((resolve) => {
    let stop: (() => void) | null = null;
    let isSettled = false;
    const settle = (isBack: boolean): void => {
      if (isSettled) return;
      isSettled = true;
      timer.cancel();
      stop?.();
      resolve(isBack);
    };
    const timer = timers.set(ANSWER_WITHIN_MS, () => settle(false));
    stop = ask(settle);
  });
}

/** Asks for one token. */
export const llmProbe =
  (llm: Llm, choice: Pick<LlmRequest, "model" | "settings">, timers: Timers): Probe =>
  () =>
    within(timers, (settle) => {
      const messages = [{ role: "user", content: "Say yes." }] as const;
      const completion = llm.stream(
        { ...choice, messages, tools: [], maxOutputTokens: 1 },
        {
          text: () => settle(true),
          toolCall: () => settle(true),
          done: () => settle(true),
          failed: () => settle(false),
        },
      );
      return () => completion.cancel();
    });

/** Has one word spoken. */
export const ttsProbe =
  (tts: Tts, choice: ProviderChoice, timers: Timers): Probe =>
  () =>
    within(timers, (settle) => {
      const session = tts.open({ ...choice, format: CARRIER_FORMAT });
      const utterance = session.speak({
        audio: () => settle(true),
        words: () => undefined,
        done: () => settle(false),
        failed: () => settle(false),
      });
      utterance.write("Yes.");
      utterance.end();
      return () => session.close();
    });

/**
 * Sends speech and waits for words. Without speech at hand silence is sent, and the provider is back when it takes that without failing.
 */
export const sttProbe =
  (stt: Stt, choice: ProviderChoice, timers: Timers, speech: () => Uint8Array | null): Probe =>
  () =>
    within(timers, (settle) => {
      const audio = speech();
      const options = { ...choice, format: CARRIER_FORMAT, endpointingMs: 300, keywords: [] };
      const stream = stt.open(options, (event) => {
        if (event.type === "closed") settle(audio === null && event.failure === null);
        else if (event.type === "partial" || event.type === "final") settle(event.segment.text !== "");
      });
      const sent = audio ?? SILENCE;
      for (let at = 0; at < sent.length; at += CHUNK_BYTES) stream.send(sent.subarray(at, at + CHUNK_BYTES));
      stream.finalize();
      if (audio === null) stream.close();
      return () => stream.close();
    });
