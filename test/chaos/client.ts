import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Twin } from "./twin.ts";

/** An answer and when the request that got it was sent. Monotonic milliseconds. */
export interface Answered {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- bodies of any shape
  readonly body: any;
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly by: Twin;
}

const ATTEMPT_MS = 4000;
const GIVE_UP_MS = 90_000;

/** A client of both APIs: asks the other one when the first does not answer, with the same Idempotency-Key. */
export class Client {
  readonly #apis: readonly Twin[];
  #next = 0;

  constructor(apis: readonly Twin[]) {
    this.#apis = apis;
  }

  /** Asks until somebody answers something other than a failure of the server's own. Throws when nobody does for long. */
  async ask(
    key: string,
    method: "GET" | "POST" | "PUT",
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const idempotencyKey = randomUUID();
    const giveUpMs = performance.now() + GIVE_UP_MS;
    let last: unknown;
    while (performance.now() < giveUpMs) {
      const by = this.#apis[(this.#next += 1) % this.#apis.length] as Twin;
      const sentMs = performance.now();
      try {
        const response = await fetch(by.origin + path, {
          method,
          headers: {
            authorization: `Bearer ${key}`,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...(method === "POST" ? { "idempotency-key": idempotencyKey } : {}),
            ...headers,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(ATTEMPT_MS),
        });
        const text = await response.text();
        const isInFlight = response.status === 409 && text.includes("idempotency");
        if (response.status < 500 && response.status !== 429 && !isInFlight)
          return { status: response.status, body: JSON.parse(text), sentMs, answeredMs: performance.now(), by };
        last = `${response.status} ${text.slice(0, 200)}`;
      } catch (error) {
        last = error;
      }
      await sleep(150);
    }
    throw new Error(`${method} ${path} was not answered: ${String(last)}`);
  }
}
