import { AsyncLocalStorage } from "node:async_hooks";
import type { Secret } from "@tandem/kernel";
import { retryAfterMs } from "@tandem/ports/vendor-call";
import type RequestClientType from "twilio/lib/base/RequestClient.js";
import type { Twilio } from "twilio";
import { FailedExchange } from "./errors.ts";

/** What one request is sent with and what its response said. */
interface Exchange {
  readonly signal: AbortSignal;
  status?: number;
  retryAfterMs?: number;
  requestId?: string;
}

const exchanges = new AsyncLocalStorage<Exchange>();

const MOST_BYTES = 4 * 1024 * 1024;

/** The SDK behind one door: every request under an abort signal, no retries, the sandbox's address when asked. */
export interface TwilioClient {
  /** Runs SDK calls under the signal. Rejects with `FailedExchange`. */
  send<Answer>(signal: AbortSignal, work: (sdk: Twilio) => Promise<Answer>): Promise<Answer>;
}

export interface TwilioClientOptions {
  readonly accountSid: string;
  readonly username: string;
  readonly password: Secret;
  /** Null for Twilio's own hosts. */
  readonly baseUrl: string | null;
  readonly deadlineMs: number;
}

/** Loads the SDK (on first use) and opens an account. Sends nothing. */
export async function openTwilioClient(options: TwilioClientOptions): Promise<TwilioClient> {
  const [{ default: twilio }, { default: RequestClient }] = await Promise.all([
    import("twilio"),
    import("twilio/lib/base/RequestClient.js"),
  ]);
  const sdk = twilio(options.username, options.password.reveal(), {
    accountSid: options.accountSid,
    httpClient: requestClient(RequestClient, options),
    autoRetry: false,
    // Set, so that variables of the environment do not decide where requests go.
    edge: "",
    region: "",
    logLevel: "none",
  });
  return {
    async send(signal, work) {
      const exchange: Exchange = { signal };
      try {
        return await exchanges.run(exchange, () => work(sdk));
      } catch (error) {
        throw new FailedExchange(error, exchange);
      }
    },
  };
}

/** Twilio's HTTP client with our address, abort signal and size cap; it never follows a redirect and never retries. */
function requestClient(RequestClient: typeof RequestClientType, options: TwilioClientOptions): RequestClientType {
  class AddressedClient extends RequestClient {
    override async request<Data>(request: RequestClientType.RequestOptions<Data>) {
      const exchange = exchanges.getStore();
      const response = await super.request<Data>(addressed(request, options.baseUrl));
      if (exchange !== undefined) note(exchange, response.statusCode, response.headers as Record<string, unknown>);
      return response;
    }
  }
  const client = new AddressedClient({ timeout: options.deadlineMs, autoRetry: false });
  client.axios.defaults.maxContentLength = MOST_BYTES;
  client.axios.interceptors.request.use((config) => {
    const signal = exchanges.getStore()?.signal;
    return signal === undefined ? config : { ...config, signal };
  });
  return client;
}

function addressed<Data>(
  request: RequestClientType.RequestOptions<Data>,
  baseUrl: string | null,
): RequestClientType.RequestOptions<Data> {
  if (baseUrl === null) return request;
  const meant = new URL(request.uri);
  return {
    ...request,
    uri: `${baseUrl.replace(/(?<!\/)\/+$/, "")}${meant.pathname}${meant.search}`,
    headers: { ...request.headers, "x-original-host": meant.host },
  };
}

function note(exchange: Exchange, status: number, headers: Record<string, unknown>): void {
  exchange.status = status;
  const wait = retryAfterMs(asText(headers["retry-after"]), Date.now());
  if (wait !== undefined) exchange.retryAfterMs = wait;
  const requestId = asText(headers["twilio-request-id"]);
  if (requestId !== undefined) exchange.requestId = requestId;
}

const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
