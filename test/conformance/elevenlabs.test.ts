import { adapter } from "@tandem/elevenlabs";
import { providers } from "@tandem/elevenlabs/providers";
import { demoAccount, sandbox } from "@tandem/elevenlabs/sandbox";
import { type Json, type JsonObject, Secret, systemClock } from "@tandem/kernel";
import type { TtsOptions } from "@tandem/ports/tts";
import { type RunningSandbox, type SocketFrame, startSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SchemaChecker, schemaChecker } from "./json-schema.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

const SDK = "elevenlabs/elevenlabs-tts-ws.schema.json";
const ASYNC_API = "elevenlabs/asyncapi.yaml";
const CHANNEL = "/v1/text-to-speech/{voice_id}/multi-stream-input";

interface SdkDescription {
  readonly channels: Readonly<
    Record<string, { readonly send: readonly string[]; readonly receive: readonly string[] }>
  >;
  readonly definitions: Readonly<Record<string, JsonObject>>;
}

interface AsyncApi {
  readonly channels: Readonly<
    Record<string, { readonly bindings: { readonly ws: { readonly query: { readonly properties: JsonObject } } } }>
  >;
  readonly components: { readonly schemas: JsonObject };
}

/** The types are the vendor's, but not JSON Schema's: what they say in its words. */
const FERN_TYPES: Readonly<Record<string, JsonObject>> = {
  "list<integer>": { type: "array", items: { type: "integer" } },
  "list<string>": { type: "array", items: { type: "string" } },
  'literal<" ">': { const: " " },
  'literal<"">': { const: "" },
  "literal<true>": { const: true },
};

describeWithSpec(SDK, "ElevenLabs", () => {
  let sdk: SdkDescription;
  let asyncApi: AsyncApi;
  let byType: SchemaChecker;
  let byPage: SchemaChecker;
  let running: RunningSandbox;
  const frames: SocketFrame[] = [];
  const queries: URLSearchParams[] = [];
  beforeAll(async () => {
    sdk = readSpec<SdkDescription>(SDK);
    asyncApi = readSpec<AsyncApi>(ASYNC_API);
    byType = schemaChecker({ definitions: sdk.definitions });
    byPage = schemaChecker(withTypes(asyncApi as unknown as Json));
    running = await startSandbox({
      vendors: [
        {
          ...sandbox,
          open: (socket, world) => {
            queries.push(socket.request.query);
            return sandbox.open?.(socket, world) ?? null;
          },
        },
      ],
      dataDir: null,
      socketTap: (frame) => frames.push(frame),
    });
    await speak(running);
  });
  afterAll(() => running.close());

  const deviations = (from: SocketFrame["from"], message: JsonObject): readonly string[] => {
    const name = definitionOf(from, message);
    const { send, receive } = sdk.channels[CHANNEL]!;
    const known = Object.keys((sdk.definitions[name]?.["properties"] ?? {}) as JsonObject);
    return [
      ...((from === "client" ? send : receive).includes(name) ? [] : [`${name} is not of this channel`]),
      ...byType.check({ $ref: `#/definitions/${name}` }, message),
      ...byPage.check({ $ref: `#/components/schemas/${name}` }, message),
      ...Object.keys(message)
        .filter((member) => !known.includes(member))
        .map((member) => `${name} has ${member}, which is not described`),
    ];
  };
  /** Errors are in neither description: the vendor sends one before it closes. */
  const described = (): { from: SocketFrame["from"]; message: JsonObject }[] =>
    frames
      .map(({ from, text }) => ({ from, message: JSON.parse(text!) as JsonObject }))
      .filter(({ message }) => message["error"] === undefined);

  test("every frame of the adapter and of the emulator is as both descriptions say", () => {
    expect(described().flatMap(({ from, message }) => deviations(from, message))).toEqual([]);
  });

  test("every kind of message that the adapter uses was exchanged", () => {
    const kinds = described().map(({ from, message }) => definitionOf(from, message));
    expect([...new Set(kinds)].toSorted()).toEqual([
      "AudioOutputMulti",
      "CloseContext",
      "CloseSocket",
      "FinalOutputMulti",
      "FlushContext",
      "InitializeConnectionMulti",
      "SendTextMulti",
    ]);
  });

  test("the address says only what is described", () => {
    const { properties } = asyncApi.channels[CHANNEL]!.bindings.ws.query;
    expect(queries.length).toBeGreaterThan(2);
    for (const query of queries)
      for (const [name, value] of query) {
        expect(Object.keys(properties)).toContain(name);
        if (name === "output_format")
          expect(byPage.check({ $ref: "#/components/schemas/TextToSpeechOutputFormatEnum" }, value)).toEqual([]);
      }
  });

  test("the check can fail", () => {
    const begin = described().find(({ message }) => message["text"] === " ")!.message;
    const broken = { ...begin, voice_settings: { stability: "much" }, contextId: "c" };
    expect(deviations("client", broken).join("\n")).toMatch(/stability[^]*contextId/u);
    const audio = described().find(({ message }) => message["audio"] !== undefined)!.message;
    expect(deviations("emulator", { ...audio, alignment: { chars: "abc" } })).not.toEqual([]);
  });
});

/** The vendor's shorthand for types, spelt out. */
function withTypes(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => withTypes(item as Json));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value as JsonObject).map(([name, member]) => [name, withTypes(member)] as const);
  const { nullable, ...schema } = Object.fromEntries(members);
  const type = FERN_TYPES[String(schema["x-fern-type"])];
  const spelt = { ...schema, ...type };
  return nullable === true ? { anyOf: [spelt, { type: "null" }] } : spelt;
}

function definitionOf(from: SocketFrame["from"], message: JsonObject): string {
  if (from === "emulator") return message["isFinal"] === true ? "FinalOutputMulti" : "AudioOutputMulti";
  if (message["close_socket"] !== undefined) return "CloseSocket";
  if (message["close_context"] !== undefined) return "CloseContext";
  if (message["flush"] !== undefined) return "FlushContext";
  return message["text"] === " " ? "InitializeConnectionMulti" : "SendTextMulti";
}

/** What a call does: speaks, is interrupted early and late, fails; in both formats and with every setting. */
async function speak(running: RunningSandbox): Promise<void> {
  const secrets = { apiKey: new Secret(demoAccount.apiKey) };
  const baseUrl = running.origins["elevenlabs"] ?? null;
  const tts = providers.tts!({ config: {}, secrets, baseUrl, clock: systemClock });
  const say = (changes: Partial<TtsOptions>, end: "spoken" | "cut" | "cut after its end") =>
    new Promise<void>((resolve) => {
      const session = tts.open({
        model: demoAccount.model,
        voice: demoAccount.voice,
        language: "en-US",
        settings: {},
        format: { encoding: "mulaw", sampleRateHz: 8000 },
        ...changes,
      });
      const finish = () => (session.close(), resolve());
      const utterance = session.speak({
        audio: () => {
          if (end === "spoken") return;
          utterance.cancel();
          setTimeout(finish, 200);
        },
        words: () => {},
        done: finish,
        failed: finish,
      });
      for (const token of "You are booked. We will see you at 14:30 on Monday, then. ".split(/(?=\s)/u))
        utterance.write(token);
      if (end !== "cut") utterance.end();
    });
  await say({}, "spoken");
  await say({}, "cut");
  await say({}, "cut after its end");
  const settings = {
    stability: 0.5,
    similarityBoost: 0.8,
    style: 0.1,
    useSpeakerBoost: true,
    speed: 1.1,
    textNormalization: "on",
    parseSsml: true,
  };
  await say({ settings, format: { encoding: "pcm16", sampleRateHz: 16_000 } }, "spoken");
  await say({ model: "eleven_multilingual_v2", voice: "nobody" }, "spoken");
  const connection = await adapter.open({
    connectionId: "c",
    config: {},
    secrets,
    baseUrl,
    clock: systemClock,
    deadlineMs: 5000,
  });
  expect(await connection.account?.probe()).toMatchObject({ status: "active" });
  expect((await connection.voices?.list())?.voices).toHaveLength(2);
}
