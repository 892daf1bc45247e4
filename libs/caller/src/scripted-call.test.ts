import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { renderTones, ToneReader } from "@tandem/audio";
import { Secret } from "@tandem/kernel";
import type { CarrierStreamStart } from "@tandem/ports/carrier-stream";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";
import { mediaStream } from "@tandem/twilio/media-stream";
import { demoAccount, sandbox as twilio } from "@tandem/twilio/sandbox";
import { carrierDocuments, carrierIngress } from "@tandem/twilio/webhook";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { callFromSandbox, mediaStreamLine, type PhoneLine, runScript, sandboxPhone, toneVoice } from "./index.ts";

const MULAW = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const number = demoAccount.numbers[0];
const secrets = { authToken: new Secret(demoAccount.authToken) };

/** A media service as small as can be: says something, hears tones, obeys a barge-in with `clear`. */
class Service {
  readonly heard: string[] = [];
  readonly digits: string[] = [];
  readonly marks: string[] = [];
  readonly starts: CarrierStreamStart[] = [];
  readonly malformed: string[] = [];
  readonly signed: boolean[] = [];
  stops = 0;
  socket: WebSocket | null = null;
  say: (text: string, mark?: string) => void = () => {};
  clear: () => void = () => {};
  greeting = "";
  onWord: (word: string) => void = () => {};
  onSpeech: () => void = () => {};

  serve(socket: WebSocket): void {
    this.socket = socket;
    const ear = new ToneReader(MULAW, (event) => {
      if (event.type === "speech-started") this.onSpeech();
      if (event.type !== "word") return;
      this.heard.push(event.text);
      this.onWord(event.text);
    });
    const reader = mediaStream.reader({
      start: (start) => {
        this.starts.push(start);
        const writer = mediaStream.writer(start.streamId);
        const send = (frame: Buffer) => socket.send(frame, { binary: false });
        this.say = (text, mark = text) => {
          send(writer.media(renderTones(text, MULAW).audio));
          send(writer.mark(mark));
        };
        this.clear = () => send(writer.clear());
        if (this.greeting !== "") this.say(this.greeting);
      },
      media: (audio) => ear.push(audio),
      dtmf: (digit) => this.digits.push(digit),
      mark: (name) => this.marks.push(name),
      stop: () => {
        this.stops += 1;
      },
      malformed: (reason) => this.malformed.push(reason),
    });
    socket.on("message", (bytes: Buffer, isBinary) => reader.read(bytes, isBinary));
    socket.on("error", () => {});
  }
}

let running: RunningSandbox;
let server: Server;
let sockets: WebSocketServer;
let origin: string;
let service: Service;
let documents: Record<string, string>;
let asked: { readonly path: string; readonly form: URLSearchParams }[];

beforeEach(async () => {
  service = new Service();
  asked = [];
  running = await startSandbox({ vendors: [twilio], dataDir: null });
  server = createServer((request, response) => {
    answer(request).then(
      (text) => (text === undefined ? response.writeHead(404).end() : response.end(text)),
      () => response.writeHead(500).end(),
    );
  });
  sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, duplex, head) => {
    const inbound = {
      url: `${origin.replace("http", "ws")}${request.url}`,
      headers: request.headers as Record<string, string>,
      body: "",
      receivedAtMs: 0,
    };
    service.signed.push(carrierIngress.verify(inbound, secrets));
    sockets.handleUpgrade(request, duplex, head, (socket) => service.serve(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  documents = {
    "/voice": carrierDocuments.connectStream({
      url: `${origin.replace("http", "ws")}/media/stream`,
      parameters: { ticket: "t-1" },
      actionUrl: `${origin}/after`,
    }),
    "/after": carrierDocuments.hangUp({ say: null }),
    "/status": "",
  };
  await act("editNumber", { number, form: { VoiceUrl: `${origin}/voice`, StatusCallback: `${origin}/status` } });
});
afterEach(async () => {
  sockets.close();
  server.closeAllConnections();
  server.close();
  await running.close();
});

async function answer(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const path = (request.url ?? "").split("?")[0] ?? "";
  asked.push({ path, form: new URLSearchParams(Buffer.concat(chunks).toString()) });
  return documents[path];
}

const act = <Result = Record<string, unknown>>(action: string, input: Record<string, unknown>) =>
  running.control.act<Result>("twilio", action, input as never);
const dialIn = () => callFromSandbox({ controlOrigin: running.controlOrigin, to: number, from: "+15557770001" });
const effects = async () => (await running.control.ledger({ vendor: "twilio" })).map(({ effect }) => effect);

test("a caller hears the announcement, interrupts it, is heard, presses keys, and hangs up", async () => {
  service.greeting = "Thank you for calling Acme Plumbing our office is closed right now please leave a message";
  service.onSpeech = () => service.clear();
  service.onWord = (word) => {
    if (word === "please") service.say("Of course which day");
  };
  const report = await runScript({
    line: await dialIn(),
    voice: toneVoice(),
    steps: [
      { do: "hear", anyOf: ["thank you for calling"] },
      { do: "interrupt", atWord: "Plumbing", text: "Tuesday please", stopsWithinMs: 1500 },
      { do: "hear", anyOf: ["which day"] },
      { do: "listen" },
      { do: "press", digits: "42#" },
      { do: "hang-up" },
    ],
  });
  expect(report.steps.map(({ ok, detail }) => [ok, detail])).toEqual(report.steps.map(({ detail }) => [true, detail]));
  expect(report).toMatchObject({
    ok: true,
    digits: "42#",
    damagedWords: 0,
    end: { by: "caller", status: "completed" },
  });
  expect(report.turns.map(({ by, wasInterrupted }) => [by, wasInterrupted])).toEqual([
    ["agent", true],
    ["caller", false],
    ["agent", false],
  ]);
  const words = report.heard.map(({ text }) => text);
  expect(words.slice(0, 4)).toEqual(["Thank", "you", "for", "calling"]);
  expect(words).not.toContain("message");
  expect(report.turns[2]).toMatchObject({ text: "Of course which day", latencyMs: report.latenciesMs[0] });
  expect(report.latenciesMs[0]).toBeGreaterThan(-60);
  expect(service.heard).toEqual(["Tuesday", "please"]);
  expect(service.digits.join("")).toBe("42#");
  expect(service.marks).toEqual([service.greeting, "Of course which day"]);
  expect([service.malformed, service.signed, service.stops]).toEqual([[], [true], 1]);
  expect(service.starts[0]?.parameters).toEqual({ ticket: "t-1" });
  expect(await effects()).toEqual(["update", "call-placed", "stream-connected", "stream-ended", "call-ended"]);
});
