import type { SandboxResponse } from "@tandem/ports/sandbox";

/** What the service refuses, in its own words. */
export class ServiceProblem extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    names: { readonly type?: string; readonly code?: string; readonly param?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.type = names.type ?? "invalid_request_error";
    this.code = names.code ?? null;
    this.param = names.param ?? null;
  }
}

export const invalid = (message: string, param?: string): ServiceProblem =>
  new ServiceProblem(400, message, param === undefined ? {} : { param });

export const problem = ({ status, message, type, code, param }: ServiceProblem): SandboxResponse => ({
  status,
  body: { error: { message, type, param, code } },
});

/** The service's body for a status that is injected as a fault. */
export function failure(status: number): SandboxResponse {
  if (status === 429)
    return problem(
      new ServiceProblem(429, "Rate limit reached. Please try again later.", {
        type: "requests",
        code: "rate_limit_exceeded",
      }),
    );
  if (status >= 500)
    return problem(
      new ServiceProblem(status, "The server had an error while processing your request.", { type: "server_error" }),
    );
  return problem(new ServiceProblem(status, "The request was refused."));
}
