import { inspect } from "node:util";
import { Secret } from "@tandem/kernel";
import type { Telephony } from "@tandem/ports/telephony";
import { telephonyContract } from "@tandem/ports/contract/telephony.contract";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEADLINE_MS, openConnection, startTwilio } from "../test/open-connection.ts";
import { carrierDocuments } from "./carrier-document.ts";
import { demoAccount } from "./sandbox.ts";

/** A server that answers every request about a call with a document that keeps the caller connected, and hands over at /person. */
async function documentServer() {
  const server = createServer((request, response) => {
    const targets = [{ number: "+15559990000" }];
    const say = request.url === "/person" ? "You are being connected to a person." : null;
    const actionUrl = "http://127.0.0.1:9/unused";
    response.end(carrierDocuments.dial({ say, targets, actionUrl, ringSeconds: 20, maxSeconds: 600, callerId: null }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

telephonyContract("twilio", async () => {
  const running = await startTwilio();
  const { control } = running;
  const { telephony } = await openConnection(running);
  const documents = await documentServer();
  const number = demoAccount.numbers[0];
  const edit = (form: Record<string, string>) => control.act("twilio", "editNumber", { number, form });
  return {
    telephony: telephony as Telephony,
    control,
    vendor: "twilio",
    deadlineMs: DEADLINE_MS,
    credential: demoAccount.authToken,
    number,
    foreignNumber: "+15559998888",
    writes: { method: "POST", path: "/IncomingPhoneNumbers/" },
    editVoiceUrl: async (VoiceUrl) => void (await edit({ VoiceUrl })),
    trunkId: "TKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    applicationId: () => newApplication(running),
    placeCall: async (from) => {
      await edit({ VoiceUrl: `${documents.origin}/voice`, VoiceApplicationSid: "", TrunkSid: "", StatusCallback: "" });
      return (await control.act<{ callSid: string }>("twilio", "placeCall", { to: number, from })).callSid;
    },
    documentUrl: `${documents.origin}/person`,
    said: async (callSid) => (await control.act<{ said: string[] }>("twilio", "describeCall", { callSid })).said,
    endCall: async (callSid) => void (await control.act("twilio", "endCall", { callSid })),
    answers: async (to, answer) => void (await control.act("twilio", "setAnswer", { number: to, answer })),
    placings: { method: "POST", path: "/Calls.json" },
    close: async () => (documents.close(), running.close()),
  };
});

async function newApplication(running: RunningSandbox): Promise<string> {
  const { accountSid, authToken } = demoAccount;
  const response = await fetch(`${running.origins["twilio"]}/2010-04-01/Accounts/${accountSid}/Applications.json`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({ FriendlyName: "another app", VoiceUrl: "https://app.example/voice" }),
  });
  return ((await response.json()) as { sid: string }).sid;
}

let running: RunningSandbox;
const seen: string[] = [];
beforeAll(async () => {
  running = await startTwilio(
    [],
    ({ request }) => void seen.push(`${request.originalHost} ${request.method} ${request.path}`),
  );
});
afterAll(() => running.close());

test("a Standard key proves itself by the number list and never asks for the account", async () => {
  seen.length = 0;
  const { telephony } = await openConnection(running, {
    config: { accountSid: demoAccount.accountSid, apiKeySid: demoAccount.apiKeySid },
    secrets: { authToken: new Secret("unused"), apiKeySecret: new Secret(demoAccount.apiKeySecret) },
  });
  expect(await telephony?.probe()).toMatchObject({ account: demoAccount.accountSid, status: "unknown" });
  expect(seen).toEqual([`api.twilio.com GET /2010-04-01/Accounts/${demoAccount.accountSid}/IncomingPhoneNumbers.json`]);
});

test("a suspended account is told apart from a bad credential", async () => {
  const accountSid = "AC00000000000000000000000000000001";
  await running.control.act("twilio", "addAccount", { accountSid, authToken: "t", numbers: [], status: "suspended" });
  const { telephony } = await openConnection(running, {
    config: { accountSid },
    secrets: { authToken: new Secret("t") },
  });
  await expect(telephony?.probe()).rejects.toMatchObject({ facts: { fault: "payment", vendorCode: "20005" } });
});

test("lists are read to their last page", async () => {
  const accountSid = "AC00000000000000000000000000000002";
  const numbers = Array.from({ length: 130 }, (_, index) => `+1555200${String(index).padStart(4, "0")}`);
  await running.control.act("twilio", "addAccount", { accountSid, authToken: "t2", numbers });
  const { telephony } = await openConnection(running, {
    config: { accountSid },
    secrets: { authToken: new Secret("t2") },
  });
  expect(await telephony?.readRouting("+15552000129")).toMatchObject({ voiceMethod: "POST" });
  expect(await telephony?.readRouting("+1555200012")).toBeNull();
});

test("a refused connection had no effect and shows neither credential nor address parameters", async () => {
  const { resources } = await openConnection(running, { baseUrl: "http://127.0.0.1:1" });
  const fields = {
    number: "+15550100001",
    voiceUrl: "https://x.example/",
    voiceFallbackUrl: "",
    statusCallbackUrl: "",
  };
  const target = { kind: "telephony.number", externalKey: "+15550100001", externalId: "PN1", fields, label: "x" };
  const error = await resources.write("update", target).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ facts: { fault: "unavailable", effect: "none" } });
  const shown = inspect(error, { depth: 20, showHidden: true });
  expect(shown).not.toContain(demoAccount.authToken);
  expect(shown).not.toContain(btoa(`${demoAccount.accountSid}:${demoAccount.authToken}`));
});

test("an override that somebody put on the number shows as drift", async () => {
  const number = demoAccount.numbers[1];
  const { resources, telephony } = await openConnection(running);
  const id = (await telephony?.readRouting(number))?.numberId ?? "";
  await running.control.act("twilio", "editNumber", {
    number,
    form: { TrunkSid: "TKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", VoiceMethod: "GET" },
  });
  expect((await resources.read("telephony.number", id))?.fields).toMatchObject({
    trunkId: "TKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    voiceMethod: "GET",
  });
});
