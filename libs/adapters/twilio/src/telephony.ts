import { canonicalJson, VendorError, type VendorErrorFacts } from "@tandem/kernel";
import type { E164 } from "@tandem/domain/tenant";
import type { CredentialProbe } from "@tandem/ports/probe";
import type { LiveCall, NumberRouting, Telephony } from "@tandem/ports/telephony";
import type { VendorRequests } from "@tandem/ports/vendor-call";
import { placing } from "./placing.ts";
import { fetchNumber, findNumber, type TwilioAccount, writeNumber } from "./account.ts";
import { AccountAnswer, CallAnswer, routingOf } from "./wire.ts";

const MOST_CALLS = 1000;

/** A Twilio account as the carrier of our numbers. */
export function openTelephony(account: TwilioAccount): Telephony {
  const { calls } = account;
  return {
    audio: { encoding: "mulaw", sampleRateHz: 8000 },
    probe: () => calls.run("probe", (requests) => probe(account, requests)),
    readRouting: (number) =>
      calls.run("read telephony.number", async (requests) => {
        const found = await findNumber(account, requests, number);
        return found === null ? null : routingOf(found);
      }),
    writeRouting: (expected, next) =>
      calls.run("route telephony.number", (requests) => writeRouting(account, requests, { expected, next })),
    concurrency: () =>
      calls.run("concurrency", async (requests) => ({
        current: (await callsWith(account, requests, { status: "in-progress" })).length,
        limit: null,
      })),
    liveCalls: (number) => calls.run("live calls", (requests) => liveCalls(account, requests, number)),
    redirectCall: (callId, documentUrl) =>
      calls.run("redirect call", async (requests) => {
        await requests.write((signal) =>
          account.client.send(signal, (sdk) => sdk.calls(callId).update({ url: documentUrl, method: "POST" })),
        );
      }),
    ...placing(account),
  };
}

/** Standard and Restricted keys may not read the account resource, so the number list is what proves the credential. */
async function probe(account: TwilioAccount, requests: VendorRequests): Promise<CredentialProbe> {
  await requests.read((signal) =>
    account.client.send(signal, (sdk) => sdk.incomingPhoneNumbers.list({ pageSize: 1, limit: 1 })),
  );
  if (!account.isMainCredential)
    return { account: account.accountSid, grantedScopes: null, expiresAt: null, status: "unknown" };
  const { friendlyName, status, type } = await requests.read((signal) =>
    account.client.send(signal, async (sdk) =>
      AccountAnswer.parse(await sdk.api.v2010.accounts(account.accountSid).fetch()),
    ),
  );
  return {
    account: `${friendlyName} (${account.accountSid})`,
    grantedScopes: null,
    expiresAt: null,
    status: status === "active" && type === "Trial" ? "trial" : status,
  };
}

async function writeRouting(
  account: TwilioAccount,
  requests: VendorRequests,
  { expected, next }: { expected: NumberRouting; next: NumberRouting },
): Promise<NumberRouting> {
  const present = await fetchNumber(account, requests, expected.numberId);
  if (present === null) throw refusal("not-found", "none", "the account does not own this number");
  if (!isSame(routingOf(present), expected))
    throw refusal("conflict", "none", "the number's routing is not what it was when the change was planned");
  await writeNumber(account, requests, { ...next, numberId: expected.numberId });
  const after = await fetchNumber(account, requests, expected.numberId);
  if (after === null || !isSame(routingOf(after), next))
    throw refusal("contract", "applied", "the number's routing reads back different from what was written");
  return routingOf(after);
}

const isSame = (one: NumberRouting, other: NumberRouting): boolean =>
  canonicalJson({ ...one }) === canonicalJson({ ...other });

async function liveCalls(account: TwilioAccount, requests: VendorRequests, number: E164): Promise<readonly LiveCall[]> {
  const found = await Promise.all(
    (["in-progress", "ringing"] as const).flatMap((status) => [
      callsWith(account, requests, { status, to: number }),
      callsWith(account, requests, { status, from: number }),
    ]),
  );
  return [...new Map(found.flat().map((call) => [call.callId, call])).values()];
}

async function callsWith(
  account: TwilioAccount,
  requests: VendorRequests,
  filter: { status: "in-progress" | "ringing"; to?: E164; from?: E164 },
): Promise<readonly LiveCall[]> {
  const found = await requests.read((signal) =>
    account.client.send(signal, (sdk) => sdk.calls.list({ ...filter, pageSize: 200, limit: MOST_CALLS })),
  );
  return found.map((each) => {
    const call = CallAnswer.parse(each);
    const startedAt = call.startTime ?? call.dateCreated ?? new Date(0);
    return { callId: call.sid, from: call.from, to: call.to, startedAt: startedAt.toISOString() };
  });
}

function refusal(fault: VendorErrorFacts["fault"], effect: VendorErrorFacts["effect"], message: string): VendorError {
  return new VendorError(`twilio route telephony.number: ${message}`, {
    vendor: "twilio",
    operation: "route telephony.number",
    fault,
    effect,
  });
}
