import type { Destination } from "@tandem/domain/notification";

/** One request to a tenant's endpoint. */
export interface WebRequest {
  readonly destination: Destination;
  /** The address that was checked: it is connected to, whatever the name resolves to meanwhile. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly deadlineMs: number;
  /** Most bytes of an answer that are read; more of them break it off. */
  readonly answerCapBytes: number;
}

export interface WebAnswer {
  readonly status: number;
  /** Seconds or a date, as sent; null when absent. */
  readonly retryAfter: string | null;
}

/** The network as webhooks use it. */
export interface WebPost {
  /** Every address of a name. Rejects when there is none. */
  resolve(host: string): Promise<readonly string[]>;
  /** Posts once: no redirect is followed, no other address is tried. Rejects when no whole answer comes within deadline and cap. */
  post(request: WebRequest): Promise<WebAnswer>;
}
