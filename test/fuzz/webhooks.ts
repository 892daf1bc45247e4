import { agents, carriers, notifiers } from "@tandem/catalog/inbound";
import { signatureV3 } from "@tandem/hubspot/webhook";
import { Secret } from "@tandem/kernel";
import type { CredentialSecrets, InboundRequest } from "@tandem/ports/inbound";
import { signedHeaders as retellHeaders } from "@tandem/retell/webhook";
import { signedHeaders as twilioHeaders } from "@tandem/twilio/webhook";
import type { Exchange } from "../../apps/media/src/http/exchange.ts";
import { inboundOf } from "../../apps/media/src/routes/carrier-request.ts";
import { type Chance, damagedText } from "./chance.ts";
import type { Judgement, Target } from "./target.ts";
import { isGoogles, isHubSpots, isRetells, isTwilios, type RawRequest } from "./vendor-rules.ts";

const ORIGIN = "https://voice.example";
const NOW_MS = 1_800_000_000_000;
const VENDORS = ["twilio", "retell", "hubspot", "google"] as const;
type Vendor = (typeof VENDORS)[number];

/** Secrets of the account that a deployment knows, and of somebody else's. */
const OURS = "0123456789abcdef0123456789abcdef";
const OLD = "fedcba9876543210fedcba9876543210";
const THEIRS = "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb";

const secretsOf: Record<Vendor, CredentialSecrets> = {
  twilio: { authToken: new Secret(OURS), authTokenSecondary: new Secret(OLD) },
  retell: { webhookKey: new Secret(OURS), apiKey: new Secret(OLD) },
  hubspot: { clientSecret: new Secret(OURS) },
  google: { channelToken: new Secret(OURS) },
};

interface Case {
  readonly vendor: Vendor;
  readonly request: RawRequest;
  /** True while nothing of it has been changed. */
  readonly isUntouched: boolean;
}

/** Vendors' requests, genuine and tampered with, as they reach our verifiers through the media service's reading of them. */
export const webhooks: Target<Case> = {
  name: "webhooks",
  full: 100_000,
  make(chance) {
    const vendor = chance.pick(VENDORS);
    const request = signed(chance, vendor, chance.once(8) ? OLD : OURS);
    if (chance.once(4)) return { vendor, request, isUntouched: true };
    return { vendor, request: tamper(chance, vendor, request), isUntouched: false };
  },
  judge({ vendor, request, isUntouched }) {
    const inbound = read(request);
    const isGenuine = followsRule(vendor, request);
    const isAccepted = verify(vendor, inbound);
    readBody(vendor, inbound);
    if (isAccepted && !isGenuine)
      return { kind: `accepted: ${vendor}`, violation: `accepted without a valid signature: ${vendor}` };
    if (!isAccepted && isUntouched && isGenuine)
      return { kind: "refused", violation: `refused a genuine request: ${vendor}` };
    return judgementOf(vendor, isAccepted);
  },
};

const judgementOf = (vendor: Vendor, isAccepted: boolean): Judgement => ({
  kind: `${isAccepted ? "accepted" : "refused"}: ${vendor}`,
});

/** Headers as node:http hands them on: lower-case names, repeated ones joined. */
function read(request: RawRequest): InboundRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    const low = name.toLowerCase();
    headers[low] = headers[low] === undefined ? value : `${headers[low]}, ${value}`;
  }
  const exchange = {
    target: request.url.slice(ORIGIN.length),
    headers,
    body: request.body,
    receivedAtMs: request.receivedAtMs,
  };
  return inboundOf({ publicUrl: ORIGIN }, exchange as unknown as Exchange);
}

function verify(vendor: Vendor, inbound: InboundRequest): boolean {
  const ingress = carriers.get(vendor) ?? agents.get(vendor) ?? notifiers.get(vendor);
  if (ingress === undefined) throw new Error(`no verifier of ${vendor}`);
  return ingress.verify(inbound, secretsOf[vendor]);
}

/** The readers behind the verifiers must not throw either, whatever the body. */
function readBody(vendor: Vendor, inbound: InboundRequest): void {
  carriers.get(vendor)?.readCall(inbound.body);
  carriers.get(vendor)?.readStatus(inbound);
  agents.get(vendor)?.readTool(inbound.body);
  agents.get(vendor)?.readEvent(inbound.body);
  agents.get(vendor)?.readInbound(inbound.body);
  notifiers.get(vendor)?.read(inbound);
}

function followsRule(vendor: Vendor, request: RawRequest): boolean {
  if (vendor === "twilio") return isTwilios(request, [OURS, OLD]);
  if (vendor === "retell") return isRetells(request, [OURS, OLD]);
  if (vendor === "hubspot") return isHubSpots(request, OURS);
  return isGoogles(request, OURS);
}

/** A request as the vendor sends it, signed with this secret. */
function signed(chance: Chance, vendor: Vendor, secret: string): RawRequest {
  const receivedAtMs = NOW_MS + chance.between(-290_000, 290_000);
  const url = `${ORIGIN}/voice/${chance.below(1e9)}/${chance.pick(["answer", "status", "events"])}${chance.once(2) ? `?a=${encodeURIComponent(chance.text(8).toWellFormed())}&b=%2F%3a` : ""}`;
  if (vendor === "twilio") return { url, ...twilio(chance, url, secret), receivedAtMs };
  if (vendor === "google") return { url, body: "", headers: googleHeaders(chance, secret), receivedAtMs };
  if (vendor === "hubspot") return { url, ...hubspot(chance, url, secret), receivedAtMs };
  const body = agentBody(chance);
  return { url, body, headers: Object.entries(retellHeaders(secret, body, NOW_MS)), receivedAtMs };
}

function twilio(chance: Chance, url: string, secret: string) {
  const form = new URLSearchParams({
    CallSid: `CA${chance.below(1e9)}`,
    From: "+15550100100",
    To: "+15550100200",
    CallStatus: "ringing",
  });
  for (let times = chance.below(4); times > 0; times--)
    form.append(chance.pick(["Digits", "From", "x"]), chance.text(10).toWellFormed());
  const body = form.toString();
  return { body, headers: Object.entries(twilioHeaders(secret, url, body)) };
}

const agentBody = (chance: Chance): string =>
  JSON.stringify({
    event: chance.pick(["call_started", "call_ended", "call_inbound"]),
    call: { call_id: chance.text(10), metadata: { tandem_stamp: chance.text(20) }, duration_ms: chance.below(1e6) },
    args: { text: chance.text(30) },
    call_inbound: { from_number: "+15550100100", to_number: chance.text(8) },
  }).toWellFormed();

function hubspot(chance: Chance, url: string, secret: string) {
  const body = JSON.stringify([
    { eventId: chance.below(1e9), subscriptionType: "contact.creation", objectId: chance.below(1e9) },
  ]);
  const timestamp = String(NOW_MS);
  const signature = signatureV3(secret, { method: "POST", url, body, timestamp });
  const headers: [string, string][] = [
    ["X-HubSpot-Signature-v3", signature],
    ["X-HubSpot-Request-Timestamp", timestamp],
  ];
  return { body, headers };
}

const googleHeaders = (chance: Chance, secret: string): [string, string][] => [
  ["X-Goog-Channel-ID", `channel-${chance.below(1e6)}`],
  ["X-Goog-Channel-Token", secret],
  ["X-Goog-Resource-ID", chance.text(8).toWellFormed()],
  ["X-Goog-Resource-State", chance.pick(["sync", "exists"])],
  ["X-Goog-Message-Number", String(chance.below(1e6))],
];

/** The request with something about it changed. */
function tamper(chance: Chance, vendor: Vendor, request: RawRequest): RawRequest {
  const { url, headers, body, receivedAtMs } = request;
  const at = chance.below(headers.length);
  const changed = (change: (value: string) => string): RawRequest => ({
    ...request,
    headers: headers.map(([name, value], each) => [name, each === at ? change(value) : value]),
  });
  return chance.pick([
    () => ({ ...request, body: damagedText(chance, body) }),
    () => ({ ...request, body: body.split("&").toReversed().join("&") }),
    () => ({ ...request, url: url + chance.pick(["x", "?", "&a=1", "?bodySHA256=00", "#x", "/"]) }),
    () => ({ ...request, url: ORIGIN + sendable(damagedText(chance, url.slice(ORIGIN.length))) }),
    () => changed((value) => headerText(damagedText(chance, value))),
    () => changed((value) => value.toLowerCase()),
    () => changed((value) => ` ${value} `),
    () => changed(() => ""),
    () => changed((value) => value.slice(0, chance.below(value.length + 1))),
    () => changed((value) => value.replace(/^v=\d+/, `v=${NOW_MS + chance.between(-9e5, 9e5)}`)),
    () => ({ ...request, headers: headers.toSpliced(at, 1) }),
    () => ({
      ...request,
      headers: [
        ...headers,
        [(headers[at] ?? ["x"])[0].toUpperCase(), chance.pick(["", "x", (headers[at] ?? ["", ""])[1]])],
      ] as RawRequest["headers"],
    }),
    () => ({ ...request, headers: headers.map(([name, value]) => [name.toUpperCase(), value] as const) }),
    () => ({ ...request, receivedAtMs: receivedAtMs + chance.pick([-1, 1]) * chance.between(600_001, 1e10) }),
    () => ({ ...signed(chance, vendor, THEIRS), url }),
    () => ({ ...request, headers: signed(chance, vendor, OURS).headers }),
    () => ({ ...signed(chance, chance.pick(VENDORS), OURS), receivedAtMs }),
  ])();
}

/** What a request line can carry. */
const sendable = (target: string): string => `/${target.replaceAll(/[^\x21-\x7e]/g, "").replace(/^\/+/, "")}`;
/** What a header can carry. */
const headerText = (value: string): string => value.replaceAll(/[^\x20-\x7e\x80-\xff]/g, "").trim();
