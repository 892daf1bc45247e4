import type { Llm } from "@tandem/ports/llm";
import type { ProviderAccess } from "@tandem/ports/provider";
import { openClient } from "./client.ts";
import { Completion } from "./completion.ts";
import { OpenAiConfig } from "./descriptor.ts";
import { keyOf } from "./key.ts";
import { services } from "./service.ts";
import { requestBody } from "./wire.ts";

/** Chat models of one account, streaming over kept connections. Never retries. Throws when the config is not its schema's. */
export function openLlm({ config, secrets, baseUrl, clock }: ProviderAccess): Llm {
  const parsed = OpenAiConfig.parse(config);
  const service = services[parsed.service];
  const client = openClient({ config: parsed, apiKey: keyOf(secrets), baseUrl });
  return {
    connect: client.prepare,
    stream: (request, listener) =>
      new Completion({
        title: service.title,
        clock,
        listener,
        onCancel: client.prepare,
        send: () => client.send("POST", "/chat/completions", JSON.stringify(requestBody(service, request))),
      }),
  };
}
