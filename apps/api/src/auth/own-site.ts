import type { IncomingHttpHeaders } from "node:http";
import type { ApiConfig } from "@tandem/config";
import { AppError } from "@tandem/kernel";
import { publicUrl } from "./public-origin.ts";

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

interface Asking {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * What a browser sends with its cookie changes something only when our own page has it sent: `Sec-Fetch-Site` says so, or for older
 * browsers `Origin`; without either it is refused. And only as JSON, which no form of another page can send.
 */
export function requireOwnSite(config: Pick<ApiConfig, "apiUrl" | "port">, { method, headers }: Asking): void {
  if (SAFE.has(method)) return;
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined ? isOwnOrigin(config, headers) : site === "same-origin";
  if (!isOwn) throw new AppError("cross_site_refused", "The request was not sent by this installation's own page");
  const type = headers["content-type"];
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type))
    throw new AppError("unsupported_media_type", "With a person's session bodies are application/json");
}

/** The origin that people use, or the very host that the request came to: a page of another host cannot name either. */
function isOwnOrigin(config: Pick<ApiConfig, "apiUrl" | "port">, { origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  const given = new URL(origin);
  return given.origin === new URL(publicUrl(config)).origin || (config.apiUrl === null && given.host === host);
}
