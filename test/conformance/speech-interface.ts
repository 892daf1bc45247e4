import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxVendor } from "@tandem/ports/sandbox";
import { type RunningSandbox, type SocketFrame, startSandbox } from "@tandem/sandbox-host";
import { templatePattern } from "./interface.ts";
import { schemaChecker } from "./json-schema.ts";
import type { RecordedExchange } from "./recording.ts";

/** What crossed the sockets of some emulators, and the REST exchanges beside it. */
export interface SpeechRecording {
  readonly running: RunningSandbox;
  /** The requests that opened the sockets, with their queries. */
  readonly upgrades: readonly SandboxRequest[];
  readonly frames: readonly SocketFrame[];
  readonly exchanges: readonly RecordedExchange[];
  /** Origin of one vendor's emulator. */
  origin(vendor: string): string;
}

/** Starts emulators in memory and keeps every upgrade, frame and exchange. */
export async function startSpeechRecording(vendors: readonly SandboxVendor[]): Promise<SpeechRecording> {
  const upgrades: SandboxRequest[] = [];
  const frames: SocketFrame[] = [];
  const exchanges: RecordedExchange[] = [];
  const watched = vendors.map((vendor): SandboxVendor => ({
    ...vendor,
    open: (socket, world) => {
      upgrades.push(socket.request);
      return vendor.open?.(socket, world) ?? null;
    },
  }));
  const running = await startSandbox({
    vendors: watched,
    dataDir: null,
    // The sender's buffer may be used again.
    socketTap: (frame) => frames.push({ ...frame, bytes: frame.bytes === null ? null : new Uint8Array(frame.bytes) }),
    tap: ({ vendor, request, response }) => {
      if (response !== null) exchanges.push({ vendor, request, response });
    },
  });
  return { running, upgrades, frames, exchanges, origin: (vendor) => running.origins[vendor] ?? "" };
}

/** A vendor's WebSocket interface, made from its own description. */
export interface SocketInterface {
  /** What is wrong with the request that opens a socket; empty when it conforms. */
  checkUpgrade(request: SandboxRequest): readonly string[];
  /** What is wrong with a frame; empty when it conforms. */
  checkFrame(frame: SocketFrame): readonly string[];
}

/** Every deviation in a recording, one line each. */
export function socketDeviations(vendor: SocketInterface, recording: SpeechRecording): readonly string[] {
  const lines = [
    ...recording.upgrades.flatMap((request) =>
      vendor.checkUpgrade(request).map((line) => `open ${request.path}: ${line}`),
    ),
    ...recording.frames.flatMap((frame) =>
      vendor.checkFrame(frame).map((line) => `${frame.path} from the ${frame.from}: ${line}`),
    ),
  ];
  return [...new Set(lines)];
}

/** What the frames of a recording were, sorted: `<path> <sender> <type>`, `binary` for bytes. */
export const touchedMessages = (frames: readonly SocketFrame[], kindOf = typeOf): readonly string[] =>
  [...new Set(frames.map((frame) => `${frame.path} ${frame.from} ${kindOf(frame)}`))].sort();

/** The `type` of a JSON frame, with its `event` where it has one. */
export function typeOf({ text }: SocketFrame): string {
  if (text === null) return "binary";
  const { type, event } = JSON.parse(text) as { type?: string; event?: string };
  return [type, event].filter((word) => word !== undefined).join(" ");
}

interface Referring {
  readonly $ref: string;
}

interface Messages {
  readonly message: { readonly oneOf: readonly Referring[] };
}

interface Channel {
  readonly bindings?: { readonly ws?: { readonly query?: JsonObject } };
  readonly publish: Messages;
  readonly subscribe: Messages;
}

export interface AsyncApiDocument {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

/**
 * A vendor's AsyncAPI 2 document as an interface. Members that are not described are deviations. `clientSends` names the side of the
 * document that holds the client's messages: vendors differ in whose view they take.
 */
export function asyncApiInterface(document: AsyncApiDocument, clientSends: "publish" | "subscribe"): SocketInterface {
  const whole = closed(document as unknown as Json) as JsonObject;
  const checker = schemaChecker(whole);
  const channels = Object.entries(document.channels).map(([template, channel]) => ({
    pattern: templatePattern(template),
    query: closed(channel.bindings?.ws?.query ?? {}) as JsonObject,
    client: payloadsOf(whole, channel[clientSends]),
    emulator: payloadsOf(whole, channel[clientSends === "publish" ? "subscribe" : "publish"]),
  }));
  const channelOf = (path: string) => channels.find(({ pattern }) => pattern.test(path));
  return {
    checkUpgrade: ({ path, query }) => {
      const channel = channelOf(path);
      if (channel === undefined) return ["the vendor has no such channel"];
      return checker.check(channel.query, queryValue(whole, channel.query, query));
    },
    checkFrame: (frame) => {
      const payloads = channelOf(frame.path)?.[frame.from];
      if (payloads === undefined) return ["the vendor has no such channel"];
      if (frame.text === null) return payloads.some(isBinary) ? [] : ["a binary frame where none is described"];
      return checkMessage(
        checker.check,
        payloads.filter((payload) => !isBinary(payload)),
        JSON.parse(frame.text) as Json,
      );
    },
  };
}

/** Messages about a value that must fit one of some schemas: those of the schema that it comes closest to. */
export function checkMessage(
  check: (schema: Json, value: Json) => readonly string[],
  schemas: readonly Json[],
  value: Json,
): readonly string[] {
  const found = schemas.map((schema) => check(schema, value)).sort((one, other) => one.length - other.length);
  if (found.some((lines) => lines.length === 0)) return [];
  return [`no described message fits ${JSON.stringify(value)}`, ...(found[0] ?? [])];
}

const isBinary = (schema: JsonObject): boolean => schema["format"] === "binary";

const payloadsOf = (document: JsonObject, { message }: Messages): readonly JsonObject[] =>
  message.oneOf.map((reference) =>
    resolved(document, resolved(document, reference as unknown as JsonObject)["payload"]),
  );

/** What a reference stands for; other schemas as they are. */
function resolved(document: JsonObject, schema: Json | undefined): JsonObject {
  if (!isJsonObject(schema)) throw new TypeError("the description holds no schema where one is expected");
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  return resolved(document, lookUp(document, decodeURIComponent(reference.slice(2))));
}

/** Follows a path; names in it may themselves contain slashes, as Deepgram's do. */
function lookUp(node: Json | undefined, path: string): Json | undefined {
  if (!isJsonObject(node)) return undefined;
  const whole = node[path.replaceAll("~1", "/")];
  if (whole !== undefined) return whole;
  const cut = path.indexOf("/");
  return cut < 0 ? undefined : lookUp(node[path.slice(0, cut)], path.slice(cut + 1));
}

/** A query as the object that its schema describes: repeated names as lists, texts as the types named. */
function queryValue(document: JsonObject, schema: JsonObject, query: URLSearchParams): JsonObject {
  const properties = (schema["properties"] ?? {}) as JsonObject;
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const described = properties[name] === undefined ? {} : resolved(document, properties[name]);
      const values = query.getAll(name).map((text) => typed(described["type"], text));
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

function typed(type: Json | undefined, text: string): Json {
  if (type === "number" || type === "integer") return text === "" ? text : Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/** A description in which objects have no members besides those described. */
function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => closed(item as Json));
  if (!isJsonObject(value)) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]));
  const isOpenObject =
    value["type"] === "object" && isJsonObject(value["properties"]) && value["additionalProperties"] === undefined;
  return isOpenObject ? { ...members, additionalProperties: false } : members;
}
