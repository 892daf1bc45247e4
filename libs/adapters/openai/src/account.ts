import type { ConnectionContext } from "@tandem/ports/adapter";
import type { Probe } from "@tandem/ports/probe";
import { vendorCalls } from "@tandem/ports/vendor-call";
import type { IncomingMessage } from "node:http";
import { type Client, openClient, readText } from "./client.ts";
import { OpenAiConfig } from "./descriptor.ts";
import { readFailure, RefusedAnswer } from "./errors.ts";
import { keyOf } from "./key.ts";
import { services } from "./service.ts";
import { ModelList } from "./wire.ts";

const MOST_BYTES = 8 * 1024 * 1024;

/** Whether the key is accepted, by listing the models that it may use. */
export function openAccount(context: ConnectionContext): Probe {
  const config = OpenAiConfig.parse(context.config);
  const apiKey = keyOf(context.secrets);
  const client = openClient({ config, apiKey, baseUrl: context.baseUrl });
  const calls = vendorCalls({
    vendor: "openai",
    clock: context.clock,
    deadlineMs: context.deadlineMs,
    readFailure,
    hidden: () => [apiKey.reveal()],
  });
  return {
    probe: () =>
      calls.run("GET /models", async (requests) => {
        await requests.read((signal) => listModels(client, signal, context.clock.now));
        return { account: services[config.service].title, grantedScopes: null, expiresAt: null, status: "active" };
      }),
  };
}

async function listModels(client: Client, signal: AbortSignal, now: () => number): Promise<void> {
  const request = client.send("GET", "/models", null);
  const abort = (): void => void request.destroy(new Error("aborted"));
  signal.addEventListener("abort", abort, { once: true });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on("response", resolve);
      request.on("error", reject);
    });
    const body = await readText(response, MOST_BYTES);
    if (response.statusCode !== 200) throw new RefusedAnswer(response, body, now());
    ModelList.parse(JSON.parse(body));
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
