import type { Secret } from "@tandem/kernel";
import type { Retell } from "retell-sdk";

export type { Retell } from "retell-sdk";

const MOST_BYTES = 8 * 1024 * 1024;

/** Retell's own address. */
export const RETELL_URL = "https://api.retellai.com";

export interface RetellClientOptions {
  readonly apiKey: Secret;
  /** Null for Retell's own host. */
  readonly baseUrl: string | null;
  readonly deadlineMs: number;
}

/** What every request is sent with: it ends with the signal and is never repeated. */
export const once = (signal: AbortSignal) => ({ signal, maxRetries: 0 });

/** Loads the SDK (on first use). Sends nothing. */
export async function openRetellClient(options: RetellClientOptions): Promise<Retell> {
  const { Retell } = await import("retell-sdk");
  return new Retell({
    apiKey: options.apiKey.reveal(),
    // Set, so that a variable of the environment does not decide where requests go.
    baseURL: options.baseUrl ?? RETELL_URL,
    maxRetries: 0,
    timeout: options.deadlineMs,
    logLevel: "off",
    fetch: cappedFetch,
  });
}

/** `fetch` whose body ends with an error beyond 8 MiB. */
export async function cappedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  let received = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        received += chunk.byteLength;
        if (received > MOST_BYTES) controller.error(new RangeError("the answer is larger than 8 MiB"));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted, { status: response.status, statusText: response.statusText, headers: response.headers });
}
