import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";

export const ok = (body: Json): SandboxResponse => ({ status: 200, body });
export const noContent: SandboxResponse = { status: 204, body: null };

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
  412: "FAILED_PRECONDITION",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

/** The error shape of Google's JSON APIs. */
export function apiError(code: number, reason: string, message: string, domain = "global"): SandboxResponse {
  const status = STATUS_WORDS[code];
  return {
    status: code,
    body: {
      error: { code, message, errors: [{ domain, reason, message }], ...(status === undefined ? {} : { status }) },
    },
  };
}

/** The error shape of the token endpoints. */
export const tokenError = (status: number, error: string, description: string): SandboxResponse => ({
  status,
  body: { error, error_description: description },
});

export const notFound = (): SandboxResponse => apiError(404, "notFound", "Not Found");

/** A refusal thrown from anywhere below the router. */
export class Refusal extends Error {
  readonly response: SandboxResponse;

  constructor(response: SandboxResponse) {
    super(`refused with ${response.status}`);
    this.response = response;
  }
}

/** The request's JSON body; refuses what is no object. */
export function jsonBody(body: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(body === "" ? "{}" : body);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject;
  } catch {
    // falls through to the vendor's refusal
  }
  throw new Refusal(apiError(400, "parseError", "Parse Error"));
}

/** One page of a listing: items, and the token of the next page. */
export function page<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  otherwise: number,
): { readonly items: readonly Item[]; readonly nextPageToken?: string } {
  const from = query.has("pageToken") ? readPageToken(query.get("pageToken") ?? "") : 0;
  const size = Math.min(Math.max(1, Number(query.get("maxResults") ?? otherwise)), 250);
  const next = from + size;
  return {
    items: items.slice(from, next),
    ...(next < items.length ? { nextPageToken: Buffer.from(`from:${next}`).toString("base64url") } : {}),
  };
}

function readPageToken(token: string): number {
  const [word, from] = Buffer.from(token, "base64url").toString().split(":");
  if (word !== "from") throw new Refusal(apiError(400, "invalid", "Invalid page token value."));
  return Number(from);
}
