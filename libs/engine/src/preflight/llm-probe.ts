import type { Llm, LlmRequest } from "@tandem/ports/llm";
import { answer, type ProbeOutcome, probed, type Sampling } from "./provider-probe.ts";

/** Time to the first token of a model, with the release's own settings. */
export const probeLlm = (
  llm: Llm,
  choice: Pick<LlmRequest, "model" | "settings">,
  sampling: Sampling,
): Promise<ProbeOutcome> =>
  probed(sampling, async () => {
    const { clock } = sampling;
    const startedMs = clock.monotonicMs();
    let cancel = (): void => {};
    try {
      return await answer<number>(clock, (resolve, reject) => {
        const first = (): void => resolve(clock.monotonicMs() - startedMs);
        const completion = llm.stream(
          {
            ...choice,
            messages: [
              { role: "system", content: "You answer the phone. Greet the caller in one short sentence." },
              { role: "user", content: "Good morning." },
            ],
            tools: [],
            maxOutputTokens: 16,
          },
          { text: first, toolCall: first, done: first, failed: reject },
        );
        cancel = () => completion.cancel();
      });
    } finally {
      cancel();
    }
  });
