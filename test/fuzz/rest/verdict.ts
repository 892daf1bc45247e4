import type { Judgement } from "../target.ts";
import type { ApiDocument, Operation, Parameter } from "./document.ts";
import type { Exchanged, Wish } from "./request.ts";
import type { Rights } from "./rights.ts";
import type { World } from "./world.ts";

/** Refusals that come before anybody is asked who they are: what is no HTTP or no JSON. */
const BEFORE_THE_GUARD: ReadonlySet<number> = new Set([400, 404, 413, 415]);

interface Judges {
  readonly document: ApiDocument;
  readonly rights: Rights;
  readonly world: World;
}

/** What an answer shows, held against the document, the permissions and what the other tenant was told. */
export function judgementOf(
  { document, rights, world }: Judges,
  operation: Operation,
  exchanged: Exchanged,
): Judgement {
  const { status, asker, contentType, body, text, sent } = exchanged;
  const kind = status < 400 ? "accepted" : `refused: ${(body as { code?: string }).code ?? status}`;
  const say = (violation: string): Judgement => ({ kind, violation: `${operation.name}: ${violation}` });
  if (status >= 500) return say(`answered ${status}: ${text.slice(0, 120)}`);
  const due = rights.refusalOf(operation, asker);
  if (due !== null && status !== due && !BEFORE_THE_GUARD.has(status))
    return say(`${asker.role} got ${status} instead of ${due}`);
  const foreign = world.foreignId(asker, JSON.stringify(sent), text);
  if (foreign !== null) return say(`told one tenant the other's ${foreign}`);
  if (status >= 400) {
    const problem = document.problemOfRefusal(contentType, status, body);
    return problem === null ? { kind } : say(problem);
  }
  const forbidden = problemOfRequest(document, operation, sent);
  if (forbidden !== null) return say(`accepted what the document forbids: ${forbidden}`);
  const problem = document.problemOfAnswer(operation, status, contentType, body);
  return problem === null ? { kind } : say(problem);
}

/** Why the document forbids a request; null when it allows it. */
export function problemOfRequest(document: ApiDocument, operation: Operation, sent: Wish): string | null {
  for (const parameter of operation.parameters) {
    const problem = problemOfParameter(document, parameter, sent);
    if (problem !== null) return `${parameter.in} ${parameter.name}: ${problem}`;
  }
  if (operation.body === null) return null;
  const body = bodySent(sent);
  if (body === undefined) return operation.isBodyRequired ? "no body" : null;
  return document.problemOf(operation.body, body);
}

function bodySent({ raw, body }: Wish): unknown {
  if (raw === undefined) return body;
  return raw === "" ? undefined : (JSON.parse(raw) as unknown);
}

function problemOfParameter(document: ApiDocument, parameter: Parameter, sent: Wish): string | null {
  const place = { path: sent.path, query: sent.query, header: sent.headers }[parameter.in];
  const name = parameter.in === "header" ? parameter.name.toLowerCase() : parameter.name;
  const text = place[name];
  if (text === undefined) return parameter.required === true ? "is missing" : null;
  const { type } = document.resolved(parameter.schema);
  const isNumber = type === "integer" || type === "number";
  const value = isNumber && /^-?\d+(\.\d+)?(e\d{1,2})?$/i.test(text) ? Number(text) : text;
  return document.problemOf(parameter.schema, parameter.in === "path" ? decoded(text) : value);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
