import { randomUUID } from "node:crypto";
import type { Answer, RunningApi } from "./running-api.ts";

const UNSAFE: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

interface Asked {
  readonly tenant?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the page says where the request comes from; browsers do. */
  readonly saysSite?: boolean;
}

/** A browser at the API: keeps its cookies and says of each request that our own page has sent it. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #api: RunningApi;
  readonly #address: string;

  /** `address`: of the network, for what is counted by it. */
  constructor(api: RunningApi, address = `10.${Math.floor(Math.random() * 255)}.${Math.floor(Math.random() * 255)}.7`) {
    this.#api = api;
    this.#address = address;
  }

  async ask(
    method: string,
    url: string,
    body?: unknown,
    asked: Asked = {},
  ): Promise<Answer & { setCookies: string[] }> {
    const { tenant, headers = {}, saysSite = true } = asked;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.#api.app.inject({
      method: method as "GET",
      url,
      remoteAddress: this.#address,
      ...(body === undefined ? {} : { payload: body as object }),
      headers: {
        ...(cookie !== "" && { cookie }),
        ...(saysSite && { "sec-fetch-site": "same-origin" }),
        ...(UNSAFE.has(method) && { "idempotency-key": randomUUID() }),
        ...(tenant !== undefined && { "tandem-tenant": tenant }),
        "user-agent": "Test Browser 1",
        ...headers,
      },
    });
    const setCookies = [answer.headers["set-cookie"] ?? []].flat().map(String);
    for (const line of setCookies) this.#keep(line);
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string>,
      body: parsed(answer.body),
      setCookies,
    };
  }

  #keep(line: string): void {
    const [pair = ""] = line.split(";");
    const name = pair.slice(0, pair.indexOf("="));
    const value = pair.slice(name.length + 1);
    if (value === "") this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
