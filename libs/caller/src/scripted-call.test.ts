import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "@tandem/kernel";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";
import { demoAccount, sandbox as twilio } from "@tandem/twilio/sandbox";
import { carrierDocuments, carrierIngress } from "@tandem/twilio/webhook";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { ToneService } from "../test/tone-service.ts";
import { callFromSandbox, mediaStreamLine, runScript, sandboxPhone, toneVoice } from "./index.ts";

const number = demoAccount.numbers[0];
const secrets = { authToken: new Secret(demoAccount.authToken) };

let running: RunningSandbox;
let server: Server;
let sockets: WebSocketServer;
let origin: string;
let service: ToneService;
let documents: Record<string, string>;
let asked: { readonly path: string; readonly form: URLSearchParams }[];

beforeEach(async () => {
  service = new ToneService();
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
  await expect.poll(() => service.stops, { timeout: 10_000 }).toBe(1);
  expect([service.malformed, service.signed]).toEqual([[], [true]]);
  expect(service.starts[0]?.parameters).toEqual({ ticket: "t-1" });
  expect(await effects()).toEqual(["update", "call-placed", "stream-connected", "stream-ended", "call-ended"]);
});

test("when the service ends the stream, the action is asked and its document runs: a hand-off with a person", async () => {
  service.greeting = "one moment";
  documents["/after"] = carrierDocuments.dial({
    say: "You are being connected.",
    targets: [{ number: "+15559990001" }],
    actionUrl: `${origin}/done`,
    ringSeconds: 20,
    maxSeconds: 60,
    callerId: null,
  });
  const line = await dialIn();
  service.onMark = () => service.socket?.close(1000);
  const report = await runScript({
    line,
    voice: toneVoice(),
    steps: [
      { do: "hear", anyOf: ["one moment"] },
      { do: "expect-end", by: "hand-off" },
    ],
  });
  expect(report).toMatchObject({ ok: true, end: { by: "hand-off" } });
  expect(report.turns.at(-1)).toMatchObject({ by: "carrier", text: "You are being connected." });
  const action = asked.find(({ path }) => path === "/after");
  expect(action?.form.get("DialCallStatus")).toBeNull();
  expect(action?.form.get("CallStatus")).toBe("in-progress");
  expect(
    (await running.control.ledger({ vendor: "twilio" })).find(({ effect }) => effect === "stream-ended")?.facts,
  ).toEqual({ by: "service", code: 1000 });
});

test("a service that dies in mid-word, in a document without an action: the next verb runs, then the call ends", async () => {
  service.greeting = "this sentence will never be heard to its end";
  documents["/voice"] =
    `<Response><Connect><Stream url="${origin.replace("http", "ws")}/media"/></Connect><Say>We are sorry.</Say></Response>`;
  const line = await dialIn();
  const steps = [
    { do: "hear" as const, anyOf: ["sentence"] },
    { do: "expect-end" as const, by: "hang-up" as const },
  ];
  const dies = () => service.socket?.terminate();
  const onStep = ({ step }: { step: { do: string } }) => step.do === "hear" && dies();
  const first = await runScript({ line, voice: toneVoice(), steps, onStep });
  expect(first).toMatchObject({ ok: true, end: { by: "agent", status: "completed" } });
  expect(first.turns.map(({ by }) => by)).toEqual(["agent", "carrier"]);
  expect(first.turns[1]?.text).toBe("We are sorry.");
});

test("a redirect over the API takes the call out of its stream", async () => {
  service.greeting = "please hold";
  documents["/elsewhere"] = carrierDocuments.dial({
    say: null,
    targets: [{ number: "+15559990002" }],
    actionUrl: `${origin}/done`,
    ringSeconds: 20,
    maxSeconds: 60,
    callerId: null,
  });
  const line = await dialIn();
  const redirect = async () => {
    const response = await api(`Calls/${line.callId}.json`, { Url: `${origin}/elsewhere` });
    expect(response.status).toBe(200);
  };
  const report = await runScript({
    line,
    voice: toneVoice(),
    steps: [
      { do: "hear", anyOf: ["please hold"] },
      { do: "expect-end", by: "hand-off" },
    ],
    onStep: ({ step }) => void (step.do === "hear" && redirect()),
  });
  expect(report.ok).toBe(true);
  await expect.poll(() => service.stops, { timeout: 10_000 }).toBe(1);
  expect(asked.map(({ path }) => path)).not.toContain("/after");
});

const api = (path: string, form: Record<string, string>) =>
  fetch(`${running.origins["twilio"]}/2010-04-01/Accounts/${demoAccount.accountSid}/${path}`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${demoAccount.accountSid}:${demoAccount.authToken}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(form).toString(),
  });
const callOut = (to: string, more: Record<string, string> = {}) =>
  api("Calls.json", { To: to, From: number, Url: `${origin}/voice`, StatusCallback: `${origin}/status`, ...more });

test("an outbound call reaches the phone that waits at the number, and the person hears the agent", async () => {
  service.greeting = "hello this is Acme calling back";
  const line = await sandboxPhone(running.origins["twilio"] ?? "", "+15558880001");
  const talking = runScript({
    line,
    voice: toneVoice(),
    steps: [{ do: "hear", anyOf: ["calling back"] }, { do: "say", text: "yes" }, { do: "hang-up" }],
  });
  const created = await callOut("+15558880001", { MachineDetection: "Enable" });
  expect([created.status, await created.json()]).toMatchObject([201, { status: "queued", direction: "outbound-api" }]);
  const report = await talking;
  expect(report).toMatchObject({ ok: true, end: { by: "caller" } });
  expect(report.callId).toMatch(/^CA[0-9a-f]{32}$/);
  const voice = asked.find(({ path }) => path === "/voice");
  expect([voice?.form.get("AnsweredBy"), voice?.form.get("Direction")]).toEqual(["human", "outbound-api"]);
});

test("a machine that answers is told as one, and keeps the message that is left on it", async () => {
  service.greeting = "please call us back";
  service.onMark = () => service.socket?.close(1000);
  await act("setAnswer", { number: "+15558880002", answer: "machine" });
  const machine = await sandboxPhone(running.origins["twilio"] ?? "", "+15558880002");
  const recording = runScript({
    line: machine,
    voice: toneVoice(),
    steps: [
      { do: "hear", anyOf: ["please call us back"] },
      { do: "expect-end", by: "hang-up" },
    ],
  });
  await callOut("+15558880002", { MachineDetection: "DetectMessageEnd", StatusCallbackEvent: "answered completed" });
  expect(await recording).toMatchObject({ ok: true, end: { by: "agent" } });
  const voice = asked.find(({ path }) => path === "/voice");
  expect([voice?.form.get("AnsweredBy"), voice?.form.get("CallStatus")]).toEqual(["machine_end_beep", "in-progress"]);
  const statuses = () => asked.filter(({ path }) => path === "/status").map(({ form }) => form.get("CallStatus"));
  await expect.poll(statuses, { timeout: 10_000 }).toEqual(["in-progress", "completed"]);
});

test("an outbound call tells a machine from a person, and what did not answer", async () => {
  const steps = ["machine", "machine", "busy", "no-answer"];
  const answered: (string | null)[] = [];
  documents["/voice"] = carrierDocuments.hangUp({ say: "Please call us back." });
  for (const [index, answer] of steps.entries()) {
    const to = `+1555888100${index}`;
    await act("setAnswer", { number: to, answer });
    const form: Record<string, string> = { MachineDetection: index === 0 ? "Enable" : "DetectMessageEnd" };
    const { sid } = (await (await callOut(to, form)).json()) as { sid: string };
    await expect
      .poll(
        () =>
          asked
            .find(({ path, form: sent }) => path === "/status" && sent.get("CallSid") === sid)
            ?.form.get("CallStatus"),
        { timeout: 10_000 },
      )
      .toBe(index < 2 ? "completed" : answer);
    answered.push(
      asked.find(({ path, form: sent }) => path === "/voice" && sent.get("CallSid") === sid)?.form.get("AnsweredBy") ??
        null,
    );
  }
  expect(answered).toEqual(["machine_start", "machine_end_beep", null, null]);
  const codes = [
    await callOut("12"),
    await callOut("+15558881009", { From: "+19995550000" }),
    await callOut("+15558881009", { Url: "nowhere" }),
  ].map(async (response) => [response.status, ((await response.json()) as { code: number }).code]);
  expect(await Promise.all(codes)).toEqual([
    [400, 21211],
    [400, 21210],
    [400, 21205],
  ]);
});

test("a line straight to the media service does what the carrier would, the end included", async () => {
  service.greeting = "welcome back";
  service.onWord = (word) => word === "bye" && service.socket?.close(1000);
  const line = await mediaStreamLine({
    url: `${origin.replace("http", "ws")}/media`,
    parameters: { ticket: "trial" },
    callSid: `CA${"e".repeat(32)}`,
    afterStream: () => Promise.resolve("hand-off"),
  });
  const report = await runScript({
    line,
    voice: toneVoice({ msPerCharacter: 30 }),
    steps: [
      { do: "listen" },
      { do: "press", digits: "9" },
      { do: "expect-tool", tool: "book", outcome: "success", withinMs: 2000 },
      { do: "say", text: "bye" },
      { do: "expect-end", by: "hand-off" },
    ],
    toolsUsed: () => Promise.resolve([{ tool: "book", outcome: "success" }]),
  });
  expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
  expect(report).toMatchObject({ ok: true, callId: `CA${"e".repeat(32)}`, end: { by: "hand-off" } });
  expect(service.starts[0]).toMatchObject({ callId: `CA${"e".repeat(32)}`, parameters: { ticket: "trial" } });
  expect([service.digits, service.malformed]).toEqual([["9"], []]);
});

test("words are heard through noise ten decibels below them, and a script that goes wrong says where", async () => {
  service.greeting = "hello";
  const line = await mediaStreamLine({ url: `${origin.replace("http", "ws")}/media`, parameters: {} });
  const report = await runScript({
    line,
    voice: toneVoice(),
    steps: [
      { do: "noise", level: -10 },
      { do: "say", text: "is it noisy" },
      { do: "noise" },
      { do: "expect-tool", tool: "book", outcome: "success", withinMs: 300 },
      { do: "say", text: "never said" },
    ],
    toolsUsed: () => Promise.resolve([{ tool: "book", outcome: "failure" }]),
  });
  expect(service.heard).toEqual(["is", "it", "noisy"]);
  expect(report.ok).toBe(false);
  expect(report.steps.map(({ step, ok }) => [step.do, ok])).toEqual([
    ["noise", true],
    ["say", true],
    ["noise", true],
    ["expect-tool", false],
  ]);
  expect(report.steps[3]?.detail).toContain("book: failure");
});

test("a phone belongs to one live call, and whoever leaves its phone has hung up", async () => {
  const origins = running.origins["twilio"] ?? "";
  await expect(sandboxPhone(origins, `CA${"9".repeat(32)}`)).rejects.toThrow("404");
  const line = await dialIn();
  await expect(sandboxPhone(origins, line.callId)).rejects.toThrow("409");
  await expect.poll(() => service.starts.length, { timeout: 10_000 }).toBe(1);
  line.hangUp();
  await expect.poll(effects, { timeout: 10_000 }).toContain("call-ended");
  await expect(sandboxPhone(origins, line.callId)).rejects.toThrow("404");
  await expect.poll(() => asked.at(-1)?.path, { timeout: 10_000 }).toBe("/after");
  expect(asked.at(-1)?.form.get("CallStatus")).toBe("completed");
});

test("an agent that goes on talking when it is interrupted fails the step", async () => {
  service.greeting = "I will go on talking and talking and talking whatever anybody says to me on the telephone today";
  const report = await runScript({
    line: await dialIn(),
    voice: toneVoice(),
    steps: [{ do: "interrupt", atWord: "talking", text: "stop", stopsWithinMs: 400 }],
  });
  expect(report.ok).toBe(false);
  expect(report.steps[0]?.detail).toContain("went on for more than 400 ms");
});

test("sixty callers at once each hear their own answer, undamaged", async () => {
  const services: ToneService[] = [];
  server.removeAllListeners("upgrade");
  server.on("upgrade", (request, duplex, head) => {
    const each = new ToneService();
    each.greeting = `caller ${services.length} welcome`;
    each.onWord = (word) => each.say(`you said ${word}`);
    services.push(each);
    sockets.handleUpgrade(request, duplex, head, (socket) => each.serve(socket));
  });
  const url = `${origin.replace("http", "ws")}/media`;
  const reports = await Promise.all(
    Array.from({ length: 60 }, async (_, index) =>
      runScript({
        line: await mediaStreamLine({ url, parameters: {} }),
        voice: toneVoice({ msPerCharacter: 30 }),
        steps: [
          { do: "hear", anyOf: ["welcome"] },
          { do: "say", text: `word${index}` },
          { do: "hear", anyOf: [`you said word${index}`] },
        ],
      }),
    ),
  );
  expect(reports.flatMap(({ steps }) => steps.filter(({ ok }) => !ok))).toEqual([]);
  expect(reports.reduce((sum, { damagedWords }) => sum + damagedWords, 0)).toBe(0);
  expect(services.flatMap(({ malformed }) => malformed)).toEqual([]);
});
