import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { RunningApi } from "../../../apps/api/src/testing/running-api.ts";
import { type Chance, damagedText } from "../chance.ts";
import { misshapen } from "../manifest-damage.ts";
import type { ApiDocument, Operation, Parameter } from "./document.ts";
import { SchemaValue } from "./schema-value.ts";
import type { Asker, World } from "./world.ts";

/** A request that names existing things as `«own:<noun>»`, so that it can be made again elsewhere. */
export interface Wish {
  readonly operation: string;
  readonly asker: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent instead of the body, as it stands. */
  readonly raw?: string;
}

/** What was sent and what came back. */
export interface Exchanged {
  readonly asker: Asker;
  readonly sent: Wish & { readonly url: string };
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly body: unknown;
}

/** A wish for one of the operations, now and then with one thing wrong about it. */
export function makeWish(chance: Chance, document: ApiDocument, world: World): Wish {
  const operation = chance.pick(document.operations);
  const values = new SchemaValue(document, chance);
  const given = (place: Parameter["in"]) => operation.parameters.filter((each) => each.in === place);
  const path = given("path").map(({ name, schema }): [string, string] => [
    name,
    pathText(chance, operation, name, schema, values),
  ]);
  const query = given("query").filter(() => chance.once(2));
  const body = operation.body === null ? {} : { body: bodyOf(chance, operation, values) };
  const wish: Wish = {
    operation: operation.name,
    asker: askerOf(chance, world),
    path: Object.fromEntries(path),
    query: Object.fromEntries(query.map(({ name, schema }) => [name, queryText(chance, schema, values, name)])),
    headers: {
      ...(operation.method === "POST" && {
        "idempotency-key": chance.text(12).replaceAll(/[^\x21-\x7e]/g, "-") || "k",
      }),
    },
    ...body,
  };
  return chance.once(3) ? wrong(chance, wish) : wish;
}

const askerOf = (chance: Chance, world: World): string =>
  chance.once(2) ? `${chance.pick(["first", "second"])} tenant-admin` : chance.pick(world.askers).name;

/** The noun that an id in a path belongs to: the part before it. */
function pathText(chance: Chance, { path }: Operation, name: string, schema: object, values: SchemaValue): string {
  if (chance.once(8)) return String(values.make(schema, ""));
  const parts = path.split("/");
  const noun = parts[parts.indexOf(`{${name}}`) - 1] ?? "";
  if (name === "environment") return String(values.make(schema, name));
  return `«${chance.once(5) ? "other" : "own"}:${noun}»`;
}

const queryText = (chance: Chance, schema: object, values: SchemaValue, name: string): string =>
  chance.once(6)
    ? chance.pick(["", "0", "-1", "1e2", "0x10", "x", " 5", "9".repeat(30), chance.text(9)])
    : String(values.make(schema, name));

function bodyOf(chance: Chance, operation: Operation, values: SchemaValue): unknown {
  const made = values.make(operation.body ?? {});
  return chance.once(3) ? misshapen(chance, made) : made;
}

/** The wish with something about its outside wrong. */
function wrong(chance: Chance, wish: Wish): Wish {
  const { "idempotency-key": _, ...headers } = wish.headers;
  const text = JSON.stringify(wish.body ?? {});
  return chance.pick([
    () => ({ ...wish, headers }),
    () => ({ ...wish, raw: damagedText(chance, text) }),
    () => ({ ...wish, raw: "" }),
    () => ({
      ...wish,
      raw: text,
      headers: {
        ...wish.headers,
        "content-type": chance.pick(["text/plain", "application/xml", "", "application/json; charset=utf-16"]),
      },
    }),
    () => ({ ...wish, raw: deep(chance.pick([70, 2_000, 200_000])) }),
    () => ({ ...wish, raw: '{"__proto__":{"roles":["platform-admin"]},"constructor":{"prototype":{}}}' }),
    () => ({ ...wish, path: Object.fromEntries(Object.keys(wish.path).map((name) => [name, chance.pick(ODD_PATHS)])) }),
    () => ({
      ...wish,
      query: { ...wish.query, [chance.pick(["limit", "cursor", "extra", "__proto__"])]: chance.text(12) },
    }),
    () => ({
      ...wish,
      headers: { ...wish.headers, "if-match": chance.pick(['"0"', '"1"', "*", "x", 'W/"1"', '"99999999999"']) },
    }),
    () => ({
      ...wish,
      headers: {
        ...wish.headers,
        accept: chance.pick(["text/html", "*/*", "image/png"]),
        "last-event-id": chance.pick(["0", "x", "-1"]),
      },
    }),
  ])();
}

const deep = (levels: number): string => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;

const ODD_PATHS = ["%00", "%ff", "null", "undefined", "0", "x".repeat(300), "%C3%28", "'", "a/b", "%0a", "漢"];

/** Sends a wish as its asker. */
export async function send(
  api: RunningApi,
  world: World,
  operation: Operation,
  { chance, wish }: { chance: Chance; wish: Wish },
): Promise<Exchanged> {
  const asker = world.asker(wish.asker);
  const fill = (text: string): string => world.fill(chance, asker, text);
  const filled = JSON.parse(fill(JSON.stringify(wish))) as Wish;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inPath(filled.path[name] ?? ""));
  const query = new URLSearchParams(filled.query).toString();
  const url = query === "" ? path : `${path}?${query}`;
  const payload = filled.raw ?? (filled.body === undefined ? undefined : JSON.stringify(filled.body));
  const isStream = streamsOf(operation);
  const answer = await api.app.inject({
    payloadAsStream: isStream,
    method: operation.method as "GET",
    url,
    ...(payload === undefined ? {} : { payload }),
    headers: {
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
      ...(asker.key === null ? {} : { authorization: `Bearer ${asker.key}` }),
      ...filled.headers,
    },
  });
  const contentType = answer.headers["content-type"] ?? "";
  const body = isStream ? await begunOf(answer.stream(), contentType) : answer.body;
  return {
    asker,
    sent: { ...filled, url },
    status: answer.statusCode,
    contentType,
    text: body,
    body: parsed(body),
  };
}

/** Whether what is asked for may be a stream of events, which ends when its reader goes. */
const streamsOf = ({ responses }: Operation): boolean =>
  Object.values(responses).some(({ content }) => content?.["text/event-stream"] !== undefined);

/** The whole of a refusal; of a stream of events nothing but that it began. */
async function begunOf(stream: Readable, contentType: string): Promise<string> {
  if (!contentType.startsWith("text/event-stream")) return text(stream);
  stream.destroy();
  return "";
}

/** As it stands when it is escaped already. */
const inPath = (text: string): string => (/^[%\w.'/-]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed()));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
