import { randomUUID } from "node:crypto";
import type { CliConfig } from "@tandem/config";
import { Problem } from "@tandem/contracts";
import { CommandFailure, ExitCode } from "./exit-code.ts";

const DEADLINE_MS = 30_000;

/** What reads an answer: a schema of the contract. */
interface Shape<Value> {
  parse(answer: unknown): Value;
}

/** A request to the API. */
export interface Call {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API as the commands use it: answers are parsed by the contract's schemas, problems become failures that say what to do. */
export class Api {
  private readonly config: CliConfig;

  constructor(config: CliConfig) {
    this.config = config;
  }

  get url(): string {
    return this.config.url;
  }

  async get<Value>(path: string, shape: Shape<Value>): Promise<Value> {
    return shape.parse(await (await this.send(path, {})).json());
  }

  async post<Value>(path: string, body: unknown, shape: Shape<Value>): Promise<Value> {
    return shape.parse(await (await this.send(path, { method: "POST", body })).json());
  }

  /** Every item of a paged list. */
  async all<Item>(path: string, page: Shape<{ items: Item[]; next: string | null }>): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = null;
    do {
      const separator = path.includes("?") ? "&" : "?";
      const next: { items: Item[]; next: string | null } = await this.get(
        `${path}${separator}limit=200${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
        page,
      );
      items.push(...next.items);
      cursor = next.next;
    } while (cursor !== null);
    return items;
  }

  /** The raw answer; a POST carries a fresh Idempotency-Key and is repeated once with it when the connection breaks. */
  async send(path: string, call: Call, signal: AbortSignal = AbortSignal.timeout(DEADLINE_MS)): Promise<Response> {
    const request: RequestInit = {
      method: call.method ?? "GET",
      headers: {
        ...this.headers(),
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        "idempotency-key": randomUUID(),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal,
    };
    const response = await this.reach(path, request).catch((error: unknown) =>
      signal.aborted ? Promise.reject(error) : this.reach(path, request),
    );
    if (!response.ok) throw await failure(response);
    return response;
  }

  private headers(): Record<string, string> {
    const key = this.config.apiKey;
    if (key === null)
      throw new CommandFailure(
        "No API key: set TANDEM_API_KEY (npm start writes one for the demo tenant and prints where).",
        ExitCode.usage,
      );
    return { authorization: `Bearer ${key.reveal()}`, "user-agent": "tandem-cli/1", accept: "application/json" };
  }

  private async reach(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.config.url}${path}`, request);
    } catch (error) {
      const { cause } = error as { cause?: { code?: string; message?: string } };
      const why = cause?.code ?? cause?.message ?? (error as Error).name;
      throw new CommandFailure(
        `The API at ${this.config.url} does not answer (${why}). Is it running? TANDEM_URL names its address.`,
        ExitCode.failed,
      );
    }
  }
}

async function failure(response: Response): Promise<CommandFailure> {
  const text = await response.text();
  const parsed = Problem.safeParse(parseJson(text));
  if (!parsed.success)
    return new CommandFailure(
      `The API answered ${response.status} with no problem document: ${text.slice(0, 200)}`,
      ExitCode.failed,
    );
  const problem = parsed.data;
  const places = (problem.errors ?? []).map((place) => `\n  ${place.path || "(whole)"}: ${place.message}`).join("");
  const moved = movedPaths(problem.details?.["moved"])
    .map((path) => `\n  moved: ${path}`)
    .join("");
  const what = places === "" ? problem.detail : problem.title;
  const exitCode = problem.status === 422 || problem.status === 400 ? ExitCode.usage : ExitCode.failed;
  return new CommandFailure(`${what} (${problem.code})${places}${moved}\n${problem.fix}`, exitCode, problem);
}

/** Paths of what moved since the plan was made. */
const movedPaths = (moved: unknown): string[] =>
  Array.isArray(moved) ? moved.map((each: { path?: unknown }) => String(each.path ?? each)) : [];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
