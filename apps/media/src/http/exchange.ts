import type { IncomingHttpHeaders } from "node:http";

/** One request as a route sees it. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** Path and query exactly as received: what a vendor's signature covers. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Raw body decoded as UTF-8, at most 64 KiB. */
  readonly body: string;
  readonly remoteAddress: string;
  /** Epoch milliseconds at which the request line was read. */
  readonly receivedAtMs: number;
}

/** What a route answers. */
export interface Reply {
  readonly status: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One header as a single text. */
export const headerOf = (exchange: Exchange, name: string): string | undefined => {
  const value = exchange.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
};

export const jsonReply = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  contentType: "application/json; charset=utf-8",
  headers,
  body: JSON.stringify(value),
});

/** Problem documents of constant shape: they tell an outsider nothing but the status. */
const problem = (status: number, title: string): Reply => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title, status }),
});

export const problems = {
  malformed: problem(400, "The body is not what was expected"),
  refused: problem(403, "The signature or ticket is not valid"),
  notFound: problem(404, "There is nothing here"),
  methodNotAllowed: problem(405, "This method is not allowed here"),
  tooLarge: problem(413, "The body is too large"),
  tooMany: problem(429, "Too many refused requests"),
  internal: problem(500, "Something went wrong on our side"),
} as const;
