import type { ErrorCode } from "@tandem/kernel";
import type { Schemas } from "./generated/schema.ts";

/** The server's codes, and those of a request that never got an answer. */
export type ProblemCode = ErrorCode | "unreachable" | "unreadable";

interface ProblemParts {
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
  readonly traceId: string | null;
  readonly fields: readonly FieldProblem[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** What is wrong with one place of the input. */
export interface FieldProblem {
  /** JSON pointer into the body, e.g. `/overlay/timezone`. */
  readonly path: string;
  readonly message: string;
}

/** What the API answered instead of what was asked for (RFC 9457), or why there was no answer (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  /** Stable; docs/errors.md explains each. */
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string;
  /** What the reader can do. */
  readonly fix: string;
  /** Names the request in the server's log; null without an answer. */
  readonly traceId: string | null;
  readonly fields: readonly FieldProblem[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(parts: ProblemParts, options?: ErrorOptions) {
    super(parts.detail, options);
    this.status = parts.status;
    this.code = parts.code;
    this.title = parts.title;
    this.detail = parts.detail;
    this.fix = parts.fix;
    this.traceId = parts.traceId;
    this.fields = parts.fields;
    this.details = parts.details;
  }

  /** True when the same request may succeed later without a change by anyone. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The message for this place of the body, or null. */
  at(path: string): string | null {
    return this.fields.find((field) => field.path === path)?.message ?? null;
  }
}

/** No answer came: offline, or the API is away. */
export const unreachable = (cause: unknown): ApiProblem =>
  new ApiProblem(
    {
      status: 0,
      code: "unreachable",
      title: "Tandem cannot be reached",
      detail: "The request got no answer.",
      fix: "Check your connection; what is on the screen stays, and it is tried again.",
      traceId: null,
      fields: [],
      details: {},
    },
    { cause },
  );

/** The problem in a refused answer; tolerant, because something between us and the API may have answered. */
export async function problemIn(response: Response): Promise<ApiProblem> {
  const body = await response.json().catch(() => null);
  if (!isProblem(body)) return strangeAnswer(response.status);
  return new ApiProblem({
    status: response.status,
    code: body.code as ErrorCode,
    title: body.title,
    detail: body.detail,
    fix: body.fix,
    traceId: body.instance,
    fields: body.errors ?? [],
    details: body.details ?? {},
  });
}

const strangeAnswer = (status: number): ApiProblem =>
  new ApiProblem({
    status,
    code: "unreadable",
    title: "The answer cannot be read",
    detail: `Something between this page and Tandem answered ${status}.`,
    fix: "Try again in a minute; ask whoever runs the proxy when it stays.",
    traceId: null,
    fields: [],
    details: {},
  });

function isProblem(body: unknown): body is Schemas["Problem"] {
  const problem = body as Partial<Schemas["Problem"]> | null;
  return typeof problem === "object" && typeof problem?.code === "string" && typeof problem.detail === "string";
}

/** Any thrown thing as a problem, for screens that show one. */
export function asProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  return new ApiProblem(
    {
      status: 0,
      code: "internal",
      title: "This page failed",
      detail: thrown instanceof Error ? thrown.message : String(thrown),
      fix: "Reload the page. Nothing was changed by this.",
      traceId: null,
      fields: [],
      details: {},
    },
    { cause: thrown },
  );
}
