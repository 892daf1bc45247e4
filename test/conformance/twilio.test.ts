import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret, systemClock } from "@tandem/kernel";
import { adapter } from "@tandem/twilio";
import { demoAccount, sandbox } from "@tandem/twilio/sandbox";
import { carrierDocuments } from "@tandem/twilio/webhook";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deviations, touched, type VendorInterface } from "./interface.ts";
import { type OpenApiDocument, openApiInterface } from "./openapi.ts";
import { type Recording, startRecording } from "./recording.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

const { accountSid, authToken } = demoAccount;
const number = demoAccount.numbers[0];
const keepsConnected = carrierDocuments.dial({
  say: null,
  targets: [{ number: "+15559990000" }],
  actionUrl: "http://127.0.0.1:9/dialled",
  ringSeconds: 20,
  maxSeconds: 600,
  callerId: null,
});
const account = `/2010-04-01/Accounts/${accountSid}`;

describeWithSpec("twilio/twilio_api_v2010.json", "Twilio", () => {
  let vendor: VendorInterface;
  let recording: Recording;
  let documents: Server;
  beforeAll(async () => {
    vendor = openApiInterface(readSpec<OpenApiDocument>("twilio/twilio_api_v2010.json"));
    recording = await startRecording([sandbox]);
    documents = createServer((_, response) => response.end(keepsConnected));
    await new Promise<void>((resolve) => documents.listen(0, "127.0.0.1", resolve));
    await useAdapter(recording, `http://127.0.0.1:${(documents.address() as AddressInfo).port}/voice`);
    await useRest(recording);
  });
  afterAll(async () => {
    documents.close();
    await recording.running.close();
  });

  test("every request of the adapter and every answer of the emulator is as the vendor describes it", () => {
    expect(deviations(vendor, recording.exchanges)).toEqual([]);
  });

  test("every operation that the adapter uses and that the emulator offers was exercised", () => {
    expect(touched(vendor, recording.exchanges)).toMatchInlineSnapshot(`
      [
        "DELETE /2010-04-01/Accounts/{AccountSid}/Applications/{Sid}.json",
        "DELETE /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json",
        "GET /2010-04-01/Accounts/{AccountSid}/Applications.json",
        "GET /2010-04-01/Accounts/{AccountSid}/Applications/{Sid}.json",
        "GET /2010-04-01/Accounts/{AccountSid}/Calls.json",
        "GET /2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json",
        "GET /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json",
        "GET /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json",
        "GET /2010-04-01/Accounts/{Sid}.json",
        "POST /2010-04-01/Accounts/{AccountSid}/Applications.json",
        "POST /2010-04-01/Accounts/{AccountSid}/Applications/{Sid}.json",
        "POST /2010-04-01/Accounts/{AccountSid}/Calls.json",
        "POST /2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json",
        "POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json",
        "POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json",
      ]
    `);
  });

  test("the check can fail", () => {
    const exchange = recording.exchanges.find(({ request }) => request.body.includes("VoiceUrl"));
    if (exchange === undefined) throw new Error("no number was updated");
    const request = { ...exchange.request, body: "VoiceURL=x&VoiceMethod=PUT" };
    const response = { ...exchange.response, body: { sid: "PN1", voice_method: "PUT", date_created: "yesterday" } };
    const found = deviations(vendor, [{ ...exchange, request, response }]).join("\n");
    expect(found).toContain("the form has VoiceURL, which is not described");
    expect(found).toContain("form VoiceMethod: / must be equal to one of the allowed values");
    expect(found).toContain("/sid must");
    expect(found).toContain("/date_created must");
    expect(
      deviations(vendor, [{ ...exchange, request: { ...request, path: "/2010-04-01/Nowhere.json" } }]),
    ).toHaveLength(1);
  });
});

/** Every method of both ports. */
async function useAdapter({ running, origin }: Recording, documentUrl: string): Promise<void> {
  const { telephony, resources } = await adapter.open({
    connectionId: "c",
    config: { accountSid },
    secrets: { authToken: new Secret(authToken) },
    baseUrl: origin("twilio"),
    clock: systemClock,
    deadlineMs: 5000,
  });
  if (telephony === undefined) throw new Error("Twilio has no telephony port");
  await telephony.probe();
  const routing = await telephony.readRouting(number);
  if (routing === null) throw new Error("the demo account has no number");
  const next = {
    ...routing,
    voiceUrl: "http://127.0.0.1:9/voice",
    statusCallbackUrl: "",
    voiceFallbackUrl: "https://fallback.example/",
  };
  await telephony.writeRouting(routing, next);
  await telephony.writeRouting(next, { ...next, trunkId: "TKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" });
  await resources.findByKey("telephony.number", number);
  await resources.read("telephony.number", "PN00000000000000000000000000000000");
  await resources.write("update", {
    kind: "telephony.number",
    externalKey: number,
    externalId: routing.numberId,
    label: "",
    fields: { number, voiceUrl: documentUrl, voiceFallbackUrl: "", statusCallbackUrl: "" },
  });
  await telephony.concurrency();
  await telephony.liveCalls(number);
  const { callSid } = await running.control.act<{ callSid: string }>("twilio", "placeCall", {
    to: number,
    from: "+15557770001",
  });
  await telephony.redirectCall(callSid, documentUrl);
  const parties = { from: number, to: "+15557770009" };
  const rest = { answerUrl: documentUrl, statusUrl: documentUrl, ringSeconds: 20, detectsMachine: true };
  const { callId } = await telephony.placeCall({ ...parties, ...rest });
  await telephony.placedCalls({ ...parties, sinceMs: 0 });
  await telephony.placedCall(callId);
}

/** What the emulator offers beyond what the adapter uses today. */
async function useRest({ origin }: Recording): Promise<void> {
  const ask = async (method: string, path: string, form?: Record<string, string>): Promise<{ sid: string }> => {
    const response = await fetch(`${origin("twilio")}${account}${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    const text = await response.text();
    return (text === "" ? { sid: "" } : JSON.parse(text)) as { sid: string };
  };
  const application = await ask("POST", "/Applications.json", {
    FriendlyName: "a",
    VoiceUrl: "https://a.example/voice",
  });
  await ask("GET", `/Applications/${application.sid}.json`);
  await ask("POST", `/Applications/${application.sid}.json`, { VoiceUrl: "" });
  await ask("GET", "/Applications.json?PageSize=1");
  await ask("DELETE", `/Applications/${application.sid}.json`);
  const bought = await ask("POST", "/IncomingPhoneNumbers.json", { PhoneNumber: "+15550300001" });
  await ask("GET", "/IncomingPhoneNumbers.json?PageSize=2&Page=1&PageToken=PT1");
  await ask("DELETE", `/IncomingPhoneNumbers/${bought.sid}.json`);
  const calls = (await ask("GET", "/Calls.json")) as unknown as { calls: readonly { sid: string }[] };
  await ask("GET", `/Calls/${calls.calls[0]?.sid}.json`);
}
