import type { JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse } from "@tandem/ports/sandbox";

/** An error as Twilio words it. Thrown by the emulator's routes. */
export class TwilioProblem extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Twilio's error body. */
export const problem = (status: number, code: number, message: string): SandboxResponse => ({
  status,
  headers: { "twilio-request-id": `RQ${code.toString().padStart(32, "0")}` },
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

export const missing = (request: SandboxRequest): TwilioProblem =>
  new TwilioProblem(404, 20404, `The requested resource ${request.path} was not found`);

/** RFC 2822 as Twilio writes it, e.g. `Fri, 20 Nov 2026 13:00:00 +0000`. */
export const rfc2822 = (epochMs: number): string => new Date(epochMs).toUTCString().replace("GMT", "+0000");

const PAGE_SIZE = 50;
const MOST_PAGE_SIZE = 1000;

/** One page of a list in the 2010 API's shape: relative `next_page_uri`, position in `PageToken`. */
export function page(request: SandboxRequest, name: string, rows: readonly JsonObject[]): SandboxResponse {
  const size = Math.min(MOST_PAGE_SIZE, Math.max(1, Number(request.query.get("PageSize") ?? PAGE_SIZE)));
  const number = Math.max(0, Number(request.query.get("Page") ?? 0));
  const start = number * size;
  const items = rows.slice(start, start + size);
  const uriOf = (target: number) => {
    const query = new URLSearchParams(request.query);
    query.set("PageSize", String(size));
    query.set("Page", String(target));
    if (target > 0) query.set("PageToken", `PT${target}`);
    else query.delete("PageToken");
    return `${request.path}?${query}`;
  };
  return {
    status: 200,
    body: {
      first_page_uri: uriOf(0),
      next_page_uri: start + size < rows.length ? uriOf(number + 1) : null,
      previous_page_uri: number > 0 ? uriOf(number - 1) : null,
      uri: uriOf(number),
      page: number,
      page_size: size,
      start,
      end: Math.max(start, start + items.length - 1),
      [name]: items,
    },
  };
}
