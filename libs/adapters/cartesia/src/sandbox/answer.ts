import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";

/** What Cartesia says when it refuses something. */
export interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly message: string;
  readonly code: string;
}

const TITLES: Readonly<Record<number, Omit<Refusal, "status">>> = {
  401: { title: "Unauthorized", message: "The API key is missing, invalid or revoked.", code: "unauthorized" },
  404: { title: "Not found", message: "There is nothing at this address.", code: "not_found" },
  429: {
    title: "Too many requests",
    message: "The concurrency limit of your plan has been reached.",
    code: "concurrency_limited",
  },
};

export const refusal = (status: number): Refusal => ({
  status,
  ...(TITLES[status] ?? { title: "Error", message: "Something went wrong.", code: "internal_error" }),
});

export const httpAnswer = ({ status, title, message, code }: Refusal): SandboxResponse => ({
  status,
  body: { title, message, error_code: code, status_code: status },
});

/** An error as a message of the WebSocket. */
export const socketError = (refused: Refusal, contextId: string | null, requestId: string): JsonObject => ({
  type: "error",
  done: true,
  title: refused.title,
  message: refused.message,
  error_code: refused.code,
  status_code: refused.status,
  request_id: requestId,
  ...(contextId === null ? {} : { context_id: contextId }),
});
