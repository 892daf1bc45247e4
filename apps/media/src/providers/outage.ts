import type { Llm } from "@tandem/ports/llm";
import type { ProviderFailure } from "@tandem/ports/provider";
import type { Stt } from "@tandem/ports/stt";
import type { Tts } from "@tandem/ports/tts";

const OUTAGE: ProviderFailure = {
  fault: "unavailable",
  message: "The scenario takes this provider away.",
  retryAfterMs: null,
};

/** Providers that fail as if they could not be reached: what a smoke scenario puts in the place of a chain's first one. */
export const sttOutage: Stt = {
  open(_options, onEvent) {
    queueMicrotask(() => onEvent({ type: "closed", failure: OUTAGE }));
    return { send: () => undefined, finalize: () => undefined, close: () => undefined };
  },
};

export const llmOutage: Llm = {
  stream(_request, listener) {
    let isCancelled = false;
    queueMicrotask(() => {
      if (!isCancelled) listener.failed(OUTAGE);
    });
    return {
      cancel: () => {
        isCancelled = true;
      },
    };
  },
};

export const ttsOutage: Tts = {
  open: () => ({
    speak(listener) {
      let isCancelled = false;
      queueMicrotask(() => {
        if (!isCancelled) listener.failed(OUTAGE);
      });
      return {
        write: () => undefined,
        end: () => undefined,
        cancel: () => {
          isCancelled = true;
        },
      };
    },
    close: () => undefined,
  }),
};
