import { Secret, systemClock } from "@tandem/kernel";
import type { LlmSubject } from "@tandem/ports/contract/llm.contract";
import type { Llm } from "@tandem/ports/llm";
import { type RunningSandbox, startSandbox, type Tap } from "@tandem/sandbox-host";
import { providers } from "../src/providers.ts";
import { demoAccount, sandbox } from "../src/sandbox.ts";
import type { ServiceName } from "../src/service.ts";

export const startOpenAi = (tap?: Tap): Promise<RunningSandbox> =>
  startSandbox({ vendors: [sandbox], dataDir: null, ...(tap === undefined ? {} : { tap }) });

/** A service's model in front of a running sandbox. */
export function openLlm(
  running: RunningSandbox,
  service: ServiceName,
  apiKey: string = demoAccount.apiKeys[service],
): Llm {
  const config = service === "other" ? { service, baseUrl: "https://llm.example.com/v1" } : { service };
  const llm = providers.llm?.({
    config,
    secrets: { apiKey: new Secret(apiKey) },
    baseUrl: running.origins["openai"] ?? null,
    clock: systemClock,
  });
  if (llm === undefined) throw new Error("the adapter brings no LLM");
  return llm;
}

/** One service as the contract suite wants it. */
export async function openSubject(service: ServiceName): Promise<LlmSubject> {
  const running = await startOpenAi();
  const { control } = running;
  return {
    llm: openLlm(running, service),
    unauthorized: openLlm(running, service, "sandbox-unknown-key-0001"),
    model: service === "openai" ? "gpt-4.1" : "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    secret: demoAccount.apiKeys[service],
    script: async (script) => void (await control.act("openai", "script", { ...script })),
    pace: async (pace) => void (await control.setSettings("openai", { ...pace })),
    refuse: async (fault) => void (await control.setFault({ vendor: "openai", fault })),
    calm: async () => {
      await Promise.all([control.clearFaults(), control.clearLedger(), control.act("openai", "clearScripts")]);
    },
    effects: () => control.ledger({ vendor: "openai" }),
    close: () => running.close(),
  };
}
