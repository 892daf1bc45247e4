import { randomUUID } from "node:crypto";

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of any shape
  readonly body: any;
}

/** Sees every answer's text; for tests that look for what must not be there. */
export type Listener = (where: string, text: string) => void;

/** The API as a client asks it, with one key. */
export class TandemApi {
  readonly origin: string;
  readonly key: string;
  readonly #listener: Listener;

  constructor(origin: string, key: string, listener: Listener = () => {}) {
    this.origin = origin;
    this.key = key;
    this.#listener = listener;
  }

  /** The same API with another key. */
  as(key: string): TandemApi {
    return new TandemApi(this.origin, key, this.#listener);
  }

  /** Asks and answers whatever comes back. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    this.#listener(`${method} ${path} → ${response.status}`, `${[...response.headers].flat().join("\n")}\n${text}`);
    return { status: response.status, headers: response.headers, body: parse(text) };
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  async #done(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<any> {
    const answer = await this.ask(method, path, body, headers);
    if (answer.status >= 400)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get = (path: string) => this.#done("GET", path);
  post = (path: string, body: unknown = {}) => this.#done("POST", path, body);
  put = (path: string, body: unknown, headers: Record<string, string> = {}) => this.#done("PUT", path, body, headers);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
