import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";

/** What ElevenLabs says when it refuses something: its word and its sentence. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** With 1008 the vendor closes after every error. */
export const POLICY_VIOLATION = 1008;

export const socketError = ({ code, message }: Refusal): JsonObject => ({
  message,
  error: code,
  code: POLICY_VIOLATION,
});

const WORDS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ["invalid_api_key", "Invalid API key"],
  404: ["not_found", "There is nothing at this address."],
  429: ["too_many_concurrent_requests", "Too many concurrent requests for your plan."],
};

export function httpRefusal(status: number): SandboxResponse {
  const [code, message] = WORDS[status] ?? ["internal_error", "Something went wrong."];
  return { status, body: { detail: { status: code, message } } };
}
