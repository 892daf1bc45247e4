import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "@tandem/kernel";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTwilio } from "../../test/open-connection.ts";
import { carrierDocuments } from "../carrier-document.ts";
import { carrierIngress } from "../webhook.ts";
import { demoAccount } from "./demo-account.ts";

const PERSON = "+15559990000";
const number = demoAccount.numbers[0];

interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}
interface Described {
  readonly callSid: string;
  readonly connected: { readonly to: string };
  readonly said: readonly string[];
  readonly whispered: readonly string[];
}

let twilio: RunningSandbox;
let server: Server;
let origin: string;
/** What the customer's server answers to the whisper; null breaks the connection. */
let whispers: string | null;
let asked: Asked[];

beforeEach(async () => {
  twilio = await startTwilio();
  asked = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = origin + (request.url ?? "");
      if (!url.includes("/whisper")) return response.end(url.endsWith("/voice") ? dialling() : hungUp);
      const headers = request.headers as Asked["headers"];
      asked.push({ url, headers, body: Buffer.concat(chunks).toString() });
      return whispers === null ? response.destroy() : response.end(whispers);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await twilio.control.act("twilio", "editNumber", { number, form: { VoiceUrl: `${origin}/voice` } });
});

afterEach(async () => {
  server.close();
  await twilio.close();
});

const hungUp = carrierDocuments.hangUp({ say: "Nobody took it." });
const dialling = () =>
  carrierDocuments.dial({
    say: "One moment.",
    targets: [{ number: PERSON, whisperUrl: `${origin}/whisper?token=t&briefing=b` }],
    actionUrl: `${origin}/after`,
    ringSeconds: 20,
    maxSeconds: 60,
    callerId: null,
  });
const call = async () =>
  (await twilio.control.act("twilio", "placeCall", { to: number, from: "+15550004001" })) as unknown as Described;

test("who takes the call hears the whisper, the caller does not; the request is signed and names both legs", async () => {
  whispers = carrierDocuments.whisper({ say: "Ada & Bob want to move." });
  const { callSid, connected, said, whispered } = await call();
  expect({ connected: connected.to, said, whispered }).toEqual({
    connected: "person",
    said: ["One moment."],
    whispered: ["Ada & Bob want to move."],
  });
  const [request] = asked;
  expect(asked).toHaveLength(1);
  expect(carrierIngress.readCall(request?.body ?? "")).toMatchObject({ parentCallId: callSid, to: PERSON });
  expect(carrierIngress.readCall(request?.body ?? "")?.callId).not.toBe(callSid);
  const signed = {
    url: request?.url ?? "",
    headers: request?.headers ?? {},
    body: request?.body ?? "",
    receivedAtMs: 0,
  };
  expect(carrierIngress.verify(signed, { authToken: new Secret(demoAccount.authToken) })).toBe(true);
});

test.each([
  ["says nothing", () => carrierDocuments.whisper({ say: null })],
  ["is no document", () => "no"],
  ["cannot be fetched", () => null],
])("a whisper that %s keeps nobody waiting", async (_, answer) => {
  whispers = answer();
  expect(await call()).toMatchObject({ connected: { to: "person" }, whispered: [] });
  expect(asked.length).toBeGreaterThan(0);
});

test("a person whose document hangs up is not connected, and the caller goes on", async () => {
  whispers = hungUp;
  expect(await call()).toMatchObject({ connected: { to: "nobody" }, said: ["One moment.", "Nobody took it."] });
});

test("nobody answers: nothing is whispered", async () => {
  whispers = carrierDocuments.whisper({ say: "Ada" });
  await twilio.control.act("twilio", "setAnswer", { number: PERSON, answer: "busy" });
  expect(await call()).toMatchObject({ connected: { to: "nobody" }, whispered: [] });
  expect(asked).toEqual([]);
});
