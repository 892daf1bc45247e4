import { type AnswerOf, addressOf, type InputOf, type Method, type PathWith } from "./operation.ts";
import { ApiProblem, problemIn, unreachable } from "./problem.ts";
import { reachability } from "./reachability.ts";
import { signInGate } from "./sign-in-gate.ts";

/** What any request may say besides its input. */
export interface RequestOptions {
  /** Slug of the tenant whose data it is about; left out on platform routes. */
  readonly tenant?: string | undefined;
  /** The ETag that the change was made on; the server refuses with `precondition_failed` when it has moved. */
  readonly ifMatch?: string | undefined;
  /** Names this write: the same key with the same body acts once. Made anew when left out. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer with the version that `ifMatch` takes. */
export interface Versioned<T> {
  readonly body: T;
  readonly etag: string | null;
}

type Call<M extends Method> = <P extends PathWith<M>>(
  path: P,
  ...input: Record<string, never> extends InputOf<M, P>
    ? [input?: InputOf<M, P> & RequestOptions]
    : [input: InputOf<M, P> & RequestOptions]
) => Promise<AnswerOf<M, P>>;

interface AnyInput extends RequestOptions {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

const call =
  <M extends Method>(method: M): Call<M> =>
  async (path, ...[input]) =>
    (await send(method, path, input)).body;

/**
 * The API, typed from its OpenAPI document: `api.get("/v1/plans/{id}", { path: { id }, tenant })`.
 * Fails with `ApiProblem` only. A session that has ended opens the sign-in dialog and the request goes on after it.
 */
export const api = {
  get: call("get"),
  post: call("post"),
  put: call("put"),
  patch: call("patch"),
  delete: call("delete"),
  /** A read whose ETag a later write names in `ifMatch`. */
  async versioned<P extends PathWith<"get">>(
    path: P,
    input: InputOf<"get", P> & RequestOptions,
  ): Promise<Versioned<AnswerOf<"get", P>>> {
    const { body, etag } = await send("get", path, input);
    return { body: body as AnswerOf<"get", P>, etag };
  },
};

/** A new name for a write. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function send(method: Method, path: string, given: object = {}): Promise<Versioned<unknown>> {
  const input: AnyInput = given;
  const address = addressOf(path, input.path, input.query);
  const request: RequestInit = {
    method: method.toUpperCase(),
    headers: headersOf(method, input),
    credentials: "same-origin",
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  };
  for (;;) {
    const response = await reach(address, request);
    if (response.ok) return { body: await contentOf(response), etag: response.headers.get("etag") };
    const problem = await problemIn(response);
    if (!(await mayGoOn(problem, input.signal))) throw problem;
  }
}

function headersOf(method: Method, { tenant, ifMatch, idempotencyKey, body }: AnyInput): Record<string, string> {
  return {
    accept: "application/json",
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(tenant === undefined ? {} : { "tandem-tenant": tenant }),
    ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    ...(method === "post" ? { "idempotency-key": idempotencyKey ?? newIdempotencyKey() } : {}),
  };
}

/** A write that got no answer is sent once more: its idempotency key, or its ETag, keeps it from acting twice. */
async function reach(address: string, request: RequestInit): Promise<Response> {
  const attempts = request.method === "POST" ? 2 : 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(address, request);
      reachability.report(true);
      return response;
    } catch (error) {
      if (request.signal?.aborted) throw error;
      if (attempt < attempts) continue;
      reachability.report(false);
      throw unreachable(error);
    }
  }
}

/** A JSON text, which lines of JSON (`application/x-ndjson`) are not. */
const isJson = (contentType: string): boolean => /^application\/([\w.-]+\+)?json\b/.test(contentType);

async function contentOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  return isJson(response.headers.get("content-type") ?? "") ? response.json() : response.text();
}

/** Waits for the person to sign in again where that is what is missing. */
function mayGoOn(problem: ApiProblem, signal: AbortSignal | undefined): Promise<boolean> {
  if (problem.status === 401) return signInGate.pass("expired", signal);
  const code: string = problem.code;
  return code === "reauthentication_required" ? signInGate.pass("confirm", signal) : Promise.resolve(false);
}
