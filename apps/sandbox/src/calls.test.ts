import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret, systemClock } from "@tandem/kernel";
import { adapter as retellAdapter } from "@tandem/retell";
import { demoWorkspace, sandbox as retell } from "@tandem/retell/sandbox";
import { agentIngress } from "@tandem/retell/webhook";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";
import { demoAccount, sandbox as twilio } from "@tandem/twilio/sandbox";
import { carrierDocuments, carrierIngress } from "@tandem/twilio/webhook";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";

const number = demoAccount.numbers[0];
const twilioSecrets = { authToken: new Secret(demoAccount.authToken) };
const retellSecrets = { apiKey: new Secret(demoWorkspace.apiKey) };

/** One request that the customer's server got. */
interface Got {
  readonly path: string;
  readonly body: string;
  readonly isSigned: boolean;
  readonly form: URLSearchParams;
}

let running: RunningSandbox;
let server: Server;
let origin: string;
let got: Got[];
/** Path → what the server answers; a function may look at the request. */
let answers: Record<string, (got: Got) => Promise<string> | string>;

beforeEach(async () => {
  got = [];
  answers = {};
  running = await startSandbox({ vendors: [twilio, retell], dataDir: null });
  server = createServer((request, response) => {
    serve(request).then(
      (text) => response.end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await running.close();
});

async function serve(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const headers = request.headers as Record<string, string>;
  const inbound = { url: `${origin}${request.url}`, headers, body, receivedAtMs: Date.now() };
  const isSigned =
    headers["x-retell-signature"] === undefined
      ? carrierIngress.verify(inbound, twilioSecrets)
      : agentIngress.verify(inbound, retellSecrets);
  const path = (request.url ?? "").split("?")[0] ?? "";
  const entry = { path, body, isSigned, form: new URLSearchParams(body) };
  got.push(entry);
  const answer = answers[path];
  if (answer === undefined) throw new Error(`nothing at ${path}`);
  return answer(entry);
}

const act = <Result = Record<string, unknown>>(action: string, input: Record<string, unknown>) =>
  running.control.act<Result>("twilio", action, input as never);
const point = (form: Record<string, string>) => act("editNumber", { number, form });

interface Call {
  readonly callSid: string;
  readonly status: string;
  readonly connected: {
    readonly to: string;
    readonly agentId?: string;
    readonly agentVersion?: number;
    readonly agentCallId: string;
  };
  readonly said: readonly string[];
  readonly legs: readonly { readonly target: string; readonly outcome: string }[];
  readonly documents: readonly { readonly url: string }[];
}
const dialIn = (changes: Record<string, unknown> = {}) =>
  act<Call>("placeCall", { to: number, from: "+15557770001", ...changes });

async function publishedAgent() {
  const { resources } = await retellAdapter.open({
    connectionId: "c",
    config: {},
    secrets: retellSecrets,
    baseUrl: running.origins["retell"] ?? null,
    clock: systemClock,
    deadlineMs: 2000,
  });
  const tool = {
    name: "book",
    description: "",
    url: `${origin}/tools/book`,
    parameters: { type: "object", properties: {} },
  };
  const tools = [{ ...tool, timeoutMs: 1000, speakDuring: false, executionMessage: "" }];
  const llm = await resources.write("create", {
    kind: "voice-agent.llm",
    externalKey: "llmkey",
    externalId: null,
    label: "llm",
    fields: { model: "gpt-4.1", temperature: 0, prompt: "Be kind.", beginMessage: "Hello.", tools },
  });
  const target = {
    kind: "voice-agent.agent",
    externalKey: "agentkey",
    label: "1.0.0",
    fields: {
      name: "Front desk",
      llmId: llm?.externalId ?? "",
      llmVersion: llm?.version ?? "",
      voiceId: "11labs-Adrian",
      language: "en-US",
      webhookUrl: `${origin}/agent-events`,
      interruptionSensitivity: 1,
      endCallAfterSilenceMs: 30_000,
      maxCallDurationMs: 600_000,
      boostedKeywords: [],
    },
  };
  const agent = await resources.write("create", { ...target, externalId: null });
  await resources.write("publish", { ...target, externalId: agent?.externalId ?? "" });
  return { agentId: agent?.externalId ?? "", agentVersion: 0 };
}

/** Answers the voice webhook as media does: registers the call and dials its SIP leg. */
async function answerWithAgent(agent: { agentId: string; agentVersion: number }): Promise<void> {
  const registrar = agentIngress.registrar({ secrets: retellSecrets, baseUrl: running.origins["retell"] ?? null });
  answers["/voice"] = async ({ body }) => {
    const call = carrierIngress.readCall(body);
    const registered = await registrar.registerCall({
      ...agent,
      from: call?.from ?? "",
      to: call?.to ?? "",
      direction: "inbound",
      metadata: { session: call?.callId ?? "" },
      variables: {},
    });
    return dialDocument({ targets: [{ sipUri: registered.sipUri }] });
  };
  answers["/agent-events"] = () => "";
  answers["/dialled"] = () => carrierDocuments.hangUp({ say: null });
  answers["/status"] = () => "";
  await point({ VoiceUrl: carrierIngress.withDeadlines(`${origin}/voice?k=1`), StatusCallback: `${origin}/status` });
}

const dialDocument = (changes: Partial<Parameters<typeof carrierDocuments.dial>[0]>): string =>
  carrierDocuments.dial({
    say: null,
    targets: [],
    actionUrl: carrierIngress.withDeadlines(`${origin}/dialled?leg=1`),
    ringSeconds: 20,
    maxSeconds: 600,
    callerId: null,
    ...changes,
  });

const paths = () => got.map(({ path }) => path);

test("a call reaches the agent and version that it was registered for, uses a tool, and ends with every report signed", async () => {
  const agent = await publishedAgent();
  await answerWithAgent(agent);
  answers["/tools/book"] = ({ body }) => JSON.stringify({ heard: agentIngress.readTool(body) });
  const call = await dialIn();
  expect(call).toMatchObject({ status: "in-progress", connected: { to: "agent", ...agent } });
  const callId = call.connected.agentCallId;
  const used = await running.control.act("retell", "callTool", { callId, tool: "book", arguments: { at: "10:00" } });
  expect(used).toMatchObject({
    status: 200,
    result: { heard: { agentCallId: callId, arguments: { at: "10:00" }, metadata: { session: call.callSid } } },
  });
  expect(await act<Call>("endCall", { callSid: call.callSid, by: "agent" })).toMatchObject({ status: "completed" });
  const events = got.filter(({ path }) => path === "/agent-events").map(({ body }) => agentIngress.readEvent(body));
  expect(events.map((event) => [event?.type, event?.endReason])).toEqual([
    ["call-started", null],
    ["call-ended", "agent_hangup"],
    ["call-analyzed", "agent_hangup"],
  ]);
  expect(carrierIngress.readCall(got.find(({ path }) => path === "/dialled")?.body ?? "")).toMatchObject({
    leg: "answered",
  });
  const report = got.find(({ path }) => path === "/status");
  expect(carrierIngress.readStatus({ url: "", headers: {}, body: report?.body ?? "", receivedAtMs: 0 })).toMatchObject({
    hasEnded: true,
  });
  expect(got.every(({ isSigned }) => isSigned)).toBe(true);
  expect(got.length).toBe(7);
  const effects = (await running.control.ledger()).map(({ vendor, effect }) => `${vendor} ${effect}`);
  expect(effects).toEqual([
    "retell create",
    "retell create",
    "retell publish",
    "twilio update",
    "twilio call-placed",
    "retell call-registered",
    "retell call-started",
    "retell call-ended",
    "twilio call-ended",
  ]);
});

test("calls run side by side, each in its own state", async () => {
  const agent = await publishedAgent();
  await answerWithAgent(agent);
  const calls = await Promise.all(
    Array.from({ length: 12 }, (_, index) => dialIn({ from: `+1555777${1000 + index}` })),
  );
  expect(new Set(calls.map((call) => call.connected.agentCallId)).size).toBe(12);
  await act("endCall", { callSid: calls[3]?.callSid });
  const after = await Promise.all(calls.map(({ callSid }) => act<Call>("describeCall", { callSid })));
  expect(after.map(({ status }) => status).filter((status) => status === "in-progress")).toHaveLength(11);
  expect(after[3]?.status).toBe("completed");
});

test("when the caller hangs up, the action is still asked and the agent's call ends", async () => {
  await answerWithAgent(await publishedAgent());
  const call = await dialIn();
  await act("endCall", { callSid: call.callSid, by: "caller" });
  expect(paths()).toContain("/dialled");
  expect(await running.control.act("retell", "describeCall", { callId: call.connected.agentCallId })).toMatchObject({
    call_status: "ended",
    disconnection_reason: "user_hangup",
  });
});

test("staff who do not answer send the call on to the agent", async () => {
  const agent = await publishedAgent();
  await answerWithAgent(agent);
  const withAgent = answers["/voice"];
  answers["/voice"] = () =>
    dialDocument({ targets: [{ number: "+15559990001" }, { number: "+15559990002" }], ringSeconds: 15 });
  answers["/dialled"] = (entry) => (entry.form.get("DialCallStatus") === "no-answer" ? (withAgent?.(entry) ?? "") : "");
  for (const [staff, answer] of [
    ["+15559990001", "no-answer"],
    ["+15559990002", "busy"],
  ])
    await act("setAnswer", { number: staff, answer });
  expect(await dialIn()).toMatchObject({
    connected: { to: "agent", ...agent },
    legs: [{ outcome: "no-answer" }, { outcome: "completed" }],
  });
  await act("setAnswer", { number: "+15559990002", answer: "answered" });
  expect(await dialIn({ from: "+15557770009" })).toMatchObject({ connected: { to: "person", number: "+15559990002" } });
});

test.each([
  [
    "answers with an error",
    () => {
      throw new Error("down");
    },
  ],
  ["answers with something that is no document", () => "<html><body>oops</body></html>"],
  ["does not answer in the time that the overrides give", () => new Promise<string>(() => {})],
])("a voice address that %s falls back to the other one", async (_, answer) => {
  answers["/voice"] = answer;
  answers["/fallback"] = () => carrierDocuments.hangUp({ say: "Please call again." });
  await point({ VoiceUrl: `${origin}/voice#rt=200&rc=0`, VoiceFallbackUrl: `${origin}/fallback` });
  expect(await dialIn()).toMatchObject({ status: "completed", said: ["Please call again."] });
  expect(got.at(-1)).toMatchObject({ path: "/fallback", isSigned: true });
  expect(got.at(-1)?.form.get("ErrorUrl")).toContain("/voice");
});

test.each([
  ["is not asked again by default", "", 1],
  ["is asked again where the overrides say so", "#rc=2&rp=5xx", 3],
])("a server that answers 500 %s", async (_, fragment, times) => {
  answers["/voice"] = () => Promise.reject(new Error("down"));
  await point({ VoiceUrl: `${origin}/voice${fragment}` });
  expect(await dialIn()).toMatchObject({ status: "failed" });
  expect(got).toHaveLength(times);
});

test("without a fallback the call fails and is reported", async () => {
  answers["/status"] = () => "";
  await point({ VoiceUrl: "http://127.0.0.1:1/voice", StatusCallback: `${origin}/status` });
  expect(await dialIn()).toMatchObject({ status: "failed" });
  expect(got.at(-1)?.form.get("CallStatus")).toBe("failed");
});

test("a SIP leg to a call that nobody registered fails and asks the action", async () => {
  answers["/voice"] = () => dialDocument({ targets: [{ sipUri: "sip:call_unknown@sip.retellai.com" }] });
  answers["/dialled"] = ({ form }) => carrierDocuments.hangUp({ say: form.get("DialCallStatus") });
  await point({ VoiceUrl: `${origin}/voice` });
  expect(await dialIn()).toMatchObject({ status: "completed", said: ["failed"], connected: { to: "nobody" } });
});

test("the agent's leg that breaks in mid-call asks the action", async () => {
  await answerWithAgent(await publishedAgent());
  answers["/dialled"] = ({ form }) =>
    carrierDocuments.redirect({ url: `${origin}/person?was=${form.get("DialCallStatus")}`, method: "POST" });
  answers["/person"] = () => dialDocument({ say: "One moment.", targets: [{ number: "+15559990003" }] });
  const call = await dialIn();
  const after = await act<Call>("endCall", { callSid: call.callSid, by: "agent-failed" });
  expect(after).toMatchObject({ status: "in-progress", connected: { to: "person" }, said: ["One moment."] });
  expect(after.documents.some(({ url }) => url.endsWith("was=failed"))).toBe(true);
});

test("a person who forwards to us makes a loop that the carrier ends and that shows who forwarded", async () => {
  answers["/voice"] = () => dialDocument({ targets: [{ number: "+15559990004" }] });
  answers["/dialled"] = () => carrierDocuments.hangUp({ say: null });
  await point({ VoiceUrl: `${origin}/voice` });
  await act("setAnswer", { number: "+15559990004", answer: "forwards", forwardsTo: number });
  expect(await dialIn()).toMatchObject({ status: "completed" });
  const forwarded = got.filter(({ form }) => form.get("ForwardedFrom") === "+15559990004");
  expect(forwarded.length).toBeGreaterThan(1);
  expect(carrierIngress.readCall(forwarded[0]?.body ?? "")?.forwardedFrom).toBe("+15559990004");
});

test("a stream is connected with its parameters, signed and without its query", async () => {
  const sockets = new WebSocketServer({ noServer: true });
  const upgrades: string[] = [];
  const frames: { event: string; start?: { customParameters: unknown } }[] = [];
  server.on("upgrade", (request, duplex, head) => {
    const url = `${origin.replace("http", "ws")}${request.url}`;
    const headers = request.headers as Record<string, string>;
    upgrades.push(`${url} ${carrierIngress.verify({ url, headers, body: "", receivedAtMs: 0 }, twilioSecrets)}`);
    sockets.handleUpgrade(request, duplex, head, (socket) =>
      socket.on("message", (bytes: Buffer) => frames.push(JSON.parse(bytes.toString()) as (typeof frames)[number])),
    );
  });
  const url = `${origin.replace("http", "ws")}/media`;
  answers["/voice"] = () =>
    carrierDocuments.connectStream({
      url: `${url}?lost=1`,
      parameters: { ticket: "t" },
      actionUrl: `${origin}/dialled`,
    });
  await point({ VoiceUrl: `${origin}/voice` });
  const call = await dialIn();
  expect(call.connected).toEqual({ to: "stream", url, parameters: { ticket: "t" } });
  expect(upgrades).toEqual([`${url} true`]);
  await expect.poll(() => frames.length).toBeGreaterThan(3);
  expect(frames.slice(0, 3).map(({ event }) => event)).toEqual(["connected", "start", "media"]);
  expect(frames[1]?.start?.customParameters).toEqual({ ticket: "t" });
  answers["/dialled"] = () => carrierDocuments.hangUp({ say: null });
  await act("endCall", { callSid: call.callSid });
  await expect.poll(() => frames.at(-1)?.event).toBe("stop");
});

test("a stream that is not answered asks the action", async () => {
  answers["/voice"] = () =>
    carrierDocuments.connectStream({
      url: "ws://127.0.0.1:1/media",
      parameters: {},
      actionUrl: `${origin}/dialled`,
    });
  answers["/dialled"] = ({ form }) => carrierDocuments.hangUp({ say: `leg ${form.get("DialCallStatus")}` });
  await point({ VoiceUrl: `${origin}/voice` });
  expect(await dialIn()).toMatchObject({ status: "completed", said: ["leg null"] });
});

test("a number held by the agent vendor follows its webhook, and its weights when that is silent", async () => {
  const agent = await publishedAgent();
  const inbound = "+15550200001";
  answers["/agent-events"] = () => "";
  answers["/inbound"] = () =>
    JSON.stringify(agentIngress.answerInbound({ ...agent, metadata: { stamp: "x" }, variables: {} }));
  const created = await fetch(`${running.origins["retell"]}/import-phone-number`, {
    method: "POST",
    headers: { authorization: `Bearer ${demoWorkspace.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      phone_number: inbound,
      termination_uri: "x.pstn.example",
      inbound_webhook_url: `${origin}/inbound`,
      inbound_agents: [{ agent_id: agent.agentId, agent_version: 0, weight: 1 }],
    }),
  });
  expect(created.status).toBe(201);
  const ring = () => running.control.act("retell", "placeCall", { to: inbound, from: "+15557770001" });
  expect(await ring()).toMatchObject({ ...agent, chosenBy: "webhook", metadata: { stamp: "x" } });
  answers["/inbound"] = () => "null";
  expect(await ring()).toMatchObject({ ...agent, chosenBy: "weights" });
});
