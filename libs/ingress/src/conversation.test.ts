import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { renderTones } from "@tandem/audio";
import { carriers } from "@tandem/catalog/inbound";
import { agentSocketSecret } from "@tandem/domain/tenant";
import type { CallerStep } from "@tandem/domain/manifest";
import { Secret, systemClock } from "@tandem/kernel";
import type { SpokenReport, TrialAnswer, TrialFault } from "@tandem/ports/ingress-probe";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import { verifyTicket } from "@tandem/secrets";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { createIngressProbe } from "./index.ts";

const ticketKey = new Secret("ticket-key");
const secrets = { authToken: new Secret("token"), apiKey: new Secret("key") };
const ingressKey = "k".repeat(26);
const documents = carriers.get("twilio")!.documents;

/** The media service as far as a caller meets it. */
interface Service {
  /** Path → document, in the order in which they are asked for. */
  documents: Record<string, string>;
  onSocket: (socket: WebSocket, path: string) => void;
  trace: object | null;
}

let server: Server;
let sockets: WebSocketServer;
let origin: string;
let service: Service;
let asked: { readonly path: string; readonly form: URLSearchParams; readonly ticket: string }[];

beforeEach(async () => {
  asked = [];
  sockets = new WebSocketServer({ noServer: true });
  server = createServer((request, response) => {
    void answer(request).then(({ status, body, headers }) => response.writeHead(status, headers).end(body));
  });
  server.on("upgrade", (request, duplex, head) =>
    sockets.handleUpgrade(request, duplex, head, (socket) => service.onSocket(socket, request.url ?? "")),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stream = { url: `${origin.replace("http", "ws")}/stream`, parameters: { ticket: "t-1" } };
  service = {
    documents: {
      [`/voice/${ingressKey}`]: documents.connectStream!({ ...stream, actionUrl: `${origin}/after?token=x` }),
      "/after": documents.hangUp({ say: null }),
      [`/voice/${ingressKey}/status`]: "",
    },
    onSocket: greet,
    trace: { sessionId: "s1", turns: [], tools: [], made: [], openTools: 0, ended: "caller-gone", handedOffTo: null },
  };
});
afterEach(() => {
  for (const client of sockets.clients) client.terminate();
  server.closeAllConnections();
  server.close();
});

async function answer(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const path = (request.url ?? "").split("?")[0] ?? "";
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  asked.push({ path, form, ticket: String(request.headers["x-tandem-trial"] ?? "") });
  if (path.endsWith("/trace"))
    return service.trace === null
      ? { status: 404, body: "", headers: {} }
      : { status: 200, body: JSON.stringify(service.trace), headers: {} };
  const body = service.documents[path];
  const stamped = {
    "x-tandem-slot": "green",
    "x-tandem-release": "hash",
    "x-tandem-session": "s1",
    "x-tandem-stamp": "stamp",
  };
  return { status: body === undefined ? 404 : 200, body: body ?? "", headers: stamped };
}

/** Says one sentence as soon as the stream starts. */
function greet(socket: WebSocket): void {
  socket.on("message", (bytes: Buffer) => {
    const frame = JSON.parse(bytes.toString()) as { event: string; start: { streamSid: string } };
    if (frame.event !== "start") return;
    const { audio } = renderTones("Good day to you.", { encoding: "mulaw", sampleRateHz: 8000 });
    const payload = Buffer.from(audio).toString("base64");
    socket.send(JSON.stringify({ event: "media", streamSid: frame.start.streamSid, media: { payload } }));
  });
}

const provider = { provider: "acme", model: "m", settings: {} };
const bundle = {
  agent: { language: "en-US" },
  providers: { stt: [provider], llm: [provider], tts: [provider] },
  connections: { "provider.acme": { connectionId: "c3", vendor: "acme", requiredScopes: [] } },
};
const deployment = {
  id: "d1",
  name: "desk",
  ingressKey,
  number: "+15550100001",
  connections: { telephony: "c1", voiceAgent: "c2" },
};

const probe = (endpoint: "sandbox" | "vendor" = "sandbox") =>
  createIngressProbe({
    store: { view: () => Promise.resolve({ deployment, bundles: { hash: bundle } } as unknown as RolloutView) },
    loadCredential: (_tenant, id) => Promise.resolve({ vendor: id === "c1" ? "twilio" : "retell", endpoint, secrets }),
    vendors: { providers: () => Promise.reject(new Error("the account is closed")) },
    publicUrl: origin,
    ticketKey,
    clock: systemClock,
  });

const script = (steps: readonly CallerStep[], goesOn = true, faults: readonly TrialFault[] = []) => {
  const seen: TrialAnswer[] = [];
  return {
    seen,
    steps,
    faults,
    signal: new AbortController().signal,
    onAnswered: (one: TrialAnswer) => {
      seen.push(one);
      return Promise.resolve(goesOn);
    },
  };
};
const HEARS: readonly CallerStep[] = [{ do: "hear", anyOf: ["good day"], withinMs: 10_000 }, { do: "hang-up" }];
const detailsOf = ({ steps, trouble }: SpokenReport): string => JSON.stringify({ steps, trouble });

describe("a spoken smoke call", () => {
  test("opens the stream that the document names, hears real audio, and ends the call at the carrier's address", async () => {
    const spoken = script(HEARS, true, ["tts-outage"]);
    const report = await probe().call("t1", "d1", "green", spoken);
    expect(report.ok, detailsOf(report)).toBe(true);
    expect(report).toMatchObject({ level: "spoken", trouble: null, trace: { sessionId: "s1" } });
    expect(report.turns).toMatchObject([{ by: "agent", text: expect.stringMatching(/^Good day/) }]);
    const claims = verifyTicket(ticketKey, "trial", asked[0]?.ticket ?? "", Date.now());
    expect(claims).toMatchObject({ slot: "green", faults: "tts-outage" });
    expect(spoken.seen[0]).toMatchObject({
      instruction: { do: "stream" },
      call: { sessionId: "s1", nodeOrigin: origin },
    });
    expect(asked.at(-1)).toMatchObject({ path: `/voice/${ingressKey}/status` });
    expect(asked.at(-1)?.form.get("CallStatus")).toBe("completed");
  });

  test("while the staff is rung first, it plays the carrier to whom nobody answers", async () => {
    const staff = { say: null, targets: [{ number: "+15550100101" }], ringSeconds: 5, maxSeconds: 60, callerId: null };
    const stream = service.documents[`/voice/${ingressKey}`] ?? "";
    service.documents[`/voice/${ingressKey}`] = documents.dial({ ...staff, actionUrl: `${origin}/staff?token=x` });
    service.documents["/staff"] = stream;
    const report = await probe().call("t1", "d1", "green", script(HEARS));
    expect(report.ok, detailsOf(report)).toBe(true);
    expect(asked.find(({ path }) => path === "/staff")?.form.get("DialCallStatus")).toBe("no-answer");
  });

  test.each([
    ["a document that dials a person", () => documents.dial(person()), "hand-off"],
    ["a document that hangs up", () => documents.hangUp({ say: null }), "agent"],
    ["a document that opens another stream", () => service.documents[`/voice/${ingressKey}`] ?? "", "agent"],
  ] as const)("when the service closes the stream, %s tells how the call went on", async (_, next, endedBy) => {
    service.documents["/after"] = next();
    service.onSocket = (socket) => void setTimeout(() => socket.close(1000), 300);
    const report = await probe().call(
      "t1",
      "d1",
      "green",
      script([{ do: "expect-end", by: "hand-off", withinMs: 5000 }]),
    );
    expect(report.endedBy).toBe(endedBy);
    expect(report.ok).toBe(endedBy === "hand-off");
  });
  const person = () => ({
    say: null,
    targets: [{ number: "+15550100103" }],
    actionUrl: `${origin}/x`,
    ringSeconds: 5,
    maxSeconds: 60,
    callerId: null,
  });

  test("what keeps the conversation from being had is told; nothing is taken for heard", async () => {
    service.onSocket = (socket) => socket.close(4401);
    const refused = await probe().call("t1", "d1", "green", script(HEARS));
    expect(refused.ok, detailsOf(refused)).toBe(false);
    expect(refused.turns).toEqual([]);
    service.documents[`/voice/${ingressKey}`] = documents.hangUp({ say: "Sorry." });
    expect(await probe().call("t1", "d1", "green", script(HEARS))).toMatchObject({
      ok: false,
      trouble: "the carrier document opens no audio stream to us",
    });
    expect(await probe().call("t1", "d1", "green", script(HEARS, false))).toMatchObject({ ok: false, steps: [] });
    expect(asked.filter(({ path }) => path.endsWith("/status"))).toHaveLength(3);
  });

  test("with real providers it speaks through the release's own accounts, or says that it cannot", async () => {
    await expect(probe("vendor").call("t1", "d1", "green", script(HEARS))).rejects.toThrow("the account is closed");
    expect(asked.at(-1)?.path, "ended all the same").toBe(`/voice/${ingressKey}/status`);
  });

  test("a call of another process is ended and its trace read; a node that knows nothing of it leaves nothing", async () => {
    const call = { sessionId: "s1", callId: "trial-of-the-dead", nodeOrigin: origin };
    expect(await probe().settle("t1", "d1", call)).toMatchObject({ sessionId: "s1" });
    expect(asked[0]?.form.get("CallSid")).toBe("trial-of-the-dead");
    service.trace = null;
    expect(await probe().settle("t1", "d1", call)).toBeNull();
  });
});

describe("a smoke conversation as text", () => {
  type Frame = {
    interaction_type: string;
    response_id?: number;
    call?: { metadata: object };
    transcript?: { content: string }[];
  };
  const agent = () => ({
    say: null,
    targets: [{ sipUri: "sip:call_9@sip.retellai.com" }],
    actionUrl: `${origin}/x`,
    ringSeconds: 5,
    maxSeconds: 60,
    callerId: null,
  });
  let frames: Frame[];
  let paths: string[];

  /** Our engine as the vendor meets it: greets, repeats what it heard, and says goodbye. */
  function engine(socket: WebSocket, path: string): void {
    paths.push(path);
    const say = (id: number, content: string, last: object = {}) =>
      socket.send(
        JSON.stringify({ response_type: "response", response_id: id, content, content_complete: true, ...last }),
      );
    socket.send(JSON.stringify({ response_type: "config", config: { auto_reconnect: true, call_details: true } }));
    socket.on("message", (bytes: Buffer) => {
      const frame = JSON.parse(bytes.toString()) as Frame;
      frames.push(frame);
      if (frame.interaction_type === "call_details") say(0, "Good day to you. How can I help?");
      if (frame.interaction_type === "reminder_required") say(frame.response_id ?? -1, "Are you still there?");
      if (frame.interaction_type !== "response_required") return;
      const said = frame.transcript?.at(-1)?.content ?? "";
      say((frame.response_id ?? 0) - 1, "an answer to an older request");
      say(frame.response_id ?? -1, `You said ${said}`, said.includes("bye") ? { end_call: true } : {});
    });
  }

  beforeEach(() => {
    frames = [];
    paths = [];
    service.documents[`/voice/${ingressKey}`] = documents.dial(agent());
    service.onSocket = engine;
  });

  test("dials our socket as the vendor does, answers to the newest request only, and is judged by the words", async () => {
    service.trace = { ...service.trace, tools: [{ tool: "book", outcome: "success", durationMs: 3 }] };
    const report = await probe().converse(
      "t1",
      "d1",
      "green",
      script([
        { do: "hear", anyOf: ["how can I help"] },
        { do: "interrupt", atWord: "good day", text: "A table for two." },
        { do: "hear", anyOf: ["you said a table for two"] },
        { do: "be-silent", forMs: 500 },
        { do: "hear", anyOf: ["still there"] },
        { do: "expect-tool", tool: "book", outcome: "success", withinMs: 500 },
        { do: "say", text: "Good bye." },
        { do: "expect-end", by: "hang-up" },
      ]),
    );
    expect(report.ok, detailsOf(report)).toBe(true);
    expect(report).toMatchObject({ level: "text", endedBy: "agent" });
    expect(paths).toEqual([`/agent/${ingressKey}/llm/${agentSocketSecret(ingressKey)}/call_9`]);
    expect(frames[0]).toMatchObject({
      interaction_type: "call_details",
      call: { metadata: { tandem_stamp: "stamp" } },
    });
    const cut = frames.find((frame) => frame.interaction_type === "response_required");
    expect(cut?.transcript?.map(({ content }) => content)).toEqual(["Good day", "A table for two."]);
  });

  test.each<[string, CallerStep, RegExp]>([
    ["other words", { do: "hear", anyOf: ["good night"] }, /"good night": heard "Good day/],
    [
      "a tool that was not used",
      { do: "expect-tool", tool: "book", outcome: "success", withinMs: 200 },
      /tools used: none/,
    ],
    ["a call that goes on", { do: "expect-end", by: "hang-up" }, /goes on/],
    ["a word that was not said", { do: "interrupt", atWord: "moon", text: "Stop." }, /"moon" to interrupt at/],
  ])("fails for %s", async (_, step, told) => {
    const report = await probe().converse("t1", "d1", "green", script([step]));
    expect(report.ok).toBe(false);
    expect(report.steps.at(-1)?.detail).toMatch(told);
  });

  test("an engine that closes the socket, or a document without an agent, is no conversation", async () => {
    service.onSocket = (socket) => socket.close(4401);
    const closed = await probe().converse("t1", "d1", "green", script(HEARS));
    expect(closed.steps.at(-1)?.detail).toContain("closed with 4401");
    service.documents[`/voice/${ingressKey}`] = documents.hangUp({ say: null });
    expect(await probe().converse("t1", "d1", "green", script(HEARS))).toMatchObject({
      ok: false,
      trouble: "the carrier document reaches no agent that asks our engine",
    });
  });
});
