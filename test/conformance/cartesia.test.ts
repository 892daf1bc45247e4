import { adapter } from "@tandem/cartesia";
import { providers } from "@tandem/cartesia/providers";
import { demoAccount, sandbox } from "@tandem/cartesia/sandbox";
import { type Json, type JsonObject, Secret, systemClock } from "@tandem/kernel";
import type { TtsSession } from "@tandem/ports/tts";
import { type RunningSandbox, type SocketFrame, startSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type SchemaChecker, schemaChecker } from "./json-schema.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

const SPEC = "cartesia/cartesia-tts.schema.json";

interface Description {
  readonly version_header: Readonly<Record<string, string>>;
  readonly definitions: Readonly<Record<string, JsonObject>>;
}

describeWithSpec(SPEC, "Cartesia", () => {
  let description: Description;
  let checker: SchemaChecker;
  let running: RunningSandbox;
  const frames: SocketFrame[] = [];
  beforeAll(async () => {
    description = readSpec<Description>(SPEC);
    checker = schemaChecker({ definitions: description.definitions });
    running = await startSandbox({ vendors: [sandbox], dataDir: null, socketTap: (frame) => frames.push(frame) });
    await speak(running);
    await breakRules(running);
  });
  afterAll(() => running.close());

  /** Members that the description knows, so that a misspelt one is not taken for an extension. */
  const deviations = (from: SocketFrame["from"], message: Json): readonly string[] => {
    const event = definitionOf(from, message);
    const known = Object.keys((description.definitions[event]?.["properties"] ?? {}) as JsonObject);
    const unknown = Object.keys(message as JsonObject).filter((member) => !known.includes(member));
    return [
      ...checker.check({ $ref: `#/definitions/${event}` }, message),
      ...unknown.map((member) => `${event} has ${member}, which is not described`),
    ];
  };

  test("every frame of the adapter and of the emulator is as the vendor describes it", () => {
    const found = frames.flatMap(({ from, text }) => deviations(from, JSON.parse(text!) as Json));
    expect(found).toEqual([]);
  });

  test("every kind of message was exchanged", () => {
    const kinds = frames.map(({ from, text }) => definitionOf(from, JSON.parse(text!) as Json));
    expect([...new Set(kinds)].toSorted()).toEqual([
      "GenerationRequest",
      "WebsocketClientEvent.CancelContextRequest",
      "WebsocketResponse.Chunk",
      "WebsocketResponse.Done",
      "WebsocketResponse.Error",
      "WebsocketResponse.FlushDone",
      "WebsocketResponse.Timestamps",
    ]);
  });

  test("the adapter names the interface that the description is of", async () => {
    expect(description.version_header["Cartesia-Version"]).toContain("2026-08-14");
    const upgrades: (string | undefined)[] = [];
    const watched = await startSandbox({
      vendors: [
        {
          ...sandbox,
          open: (socket, world) => {
            upgrades.push(socket.request.headers["cartesia-version"]);
            return sandbox.open?.(socket, world) ?? null;
          },
        },
      ],
      dataDir: null,
    });
    await speak(watched);
    expect([...new Set(upgrades)]).toEqual(["2026-08-14"]);
    await watched.close();
  });

  test("the check can fail", () => {
    const request = frames.find(({ from }) => from === "client");
    const { model_id: _, ...incomplete } = JSON.parse(request!.text!) as JsonObject;
    expect(deviations("client", { ...incomplete, transscript: "" }).join("\n")).toMatch(/model_id[^]*transscript/u);
    expect(deviations("emulator", { type: "done", done: false, context_id: "c", status_code: 200 })).not.toEqual([]);
  });
});

const DEFINITION_OF_TYPE: Readonly<Record<string, string>> = {
  chunk: "Chunk",
  flush_done: "FlushDone",
  done: "Done",
  timestamps: "Timestamps",
  error: "Error",
};

function definitionOf(from: SocketFrame["from"], message: Json): string {
  const { cancel, type } = message as JsonObject;
  if (from === "emulator") return `WebsocketResponse.${DEFINITION_OF_TYPE[String(type)] ?? String(type)}`;
  return cancel === undefined ? "GenerationRequest" : "WebsocketClientEvent.CancelContextRequest";
}

const ended = (session: TtsSession, text: string, cancelsAtFirstAudio = false): Promise<void> =>
  new Promise((resolve) => {
    const utterance = session.speak({
      audio: () => {
        if (!cancelsAtFirstAudio) return;
        utterance.cancel();
        resolve();
      },
      words: () => {},
      done: resolve,
      failed: () => resolve(),
    });
    for (const token of text.split(/(?=\s)/u)) utterance.write(token);
    utterance.end();
  });

/** What a call does: speaks, is interrupted, fails; in both formats and with every setting. */
async function speak(running: RunningSandbox): Promise<void> {
  const secrets = { apiKey: new Secret(demoAccount.apiKey) };
  const baseUrl = running.origins["cartesia"] ?? null;
  const tts = providers.tts!({ config: {}, secrets, baseUrl, clock: systemClock });
  const common = { model: demoAccount.model, voice: demoAccount.voice, language: "en-US" };
  const mulaw = { encoding: "mulaw", sampleRateHz: 8000 } as const;
  const session = tts.open({ ...common, settings: {}, format: mulaw });
  await ended(session, "You are booked for 14:30 on Monday.");
  await ended(session, "This is interrupted long before it comes to its end, I am afraid.", true);
  session.close();
  const wide = tts.open({
    ...common,
    settings: { speed: 1.1, volume: 0.9, emotion: "calm", maxBufferDelayMs: 0 },
    format: { encoding: "pcm16", sampleRateHz: 16_000 },
  });
  await ended(wide, "Wide band.");
  wide.close();
  const refused = tts.open({ ...common, voice: "nobody", settings: { speed: "slow" }, format: mulaw });
  await ended(refused, "Never heard.");
  refused.close();
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

/** What only another client would do, so that the emulator's answers to it are checked as well. */
async function breakRules(running: RunningSandbox): Promise<void> {
  const socket = new WebSocket(`${running.origins["cartesia"]!.replace("http", "ws")}/tts/websocket`, {
    headers: { authorization: `Bearer ${demoAccount.apiKey}`, "cartesia-version": "2026-08-14" },
  });
  await new Promise((resolve) => socket.once("open", resolve));
  const flushed = new Promise<void>((resolve) =>
    socket.on("message", (bytes: Buffer) => bytes.includes('"flush_done"') && resolve()),
  );
  const request = {
    model_id: demoAccount.model,
    voice: demoAccount.voice,
    output_format: { container: "raw", encoding: "pcm_mulaw", sample_rate: 8000 },
    context_id: "flushed",
    continue: true,
  };
  socket.send(JSON.stringify({ ...request, transcript: "Half a sen" }));
  socket.send(JSON.stringify({ ...request, transcript: "", flush: true }));
  await flushed;
  socket.close();
}
