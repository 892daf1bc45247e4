import type { CarrierCall, CarrierIngress, InboundRequest } from "@tandem/ports/inbound";
import { verifiedBy } from "../credential/caller-identity.ts";
import { type Exchange, headerOf, problems, type Reply } from "../http/exchange.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { type Served, slotRelease } from "../pointer/served.ts";
import { type LegToken, readLeg } from "../session/session-pin.ts";
import type { PinnedCall } from "../answer/documents.ts";

/** A request that a carrier really made for this deployment. */
export interface CarrierRequest {
  readonly served: Served;
  readonly carrier: CarrierIngress;
  readonly call: CarrierCall;
  readonly inbound: InboundRequest;
}

/** The request as its vendor signed it: against the configured public address, never the Host header. */
export const inboundOf = (context: Pick<IngressContext, "publicUrl">, exchange: Exchange): InboundRequest => ({
  url: context.publicUrl + exchange.target,
  headers: Object.fromEntries(Object.keys(exchange.headers).map((name) => [name, headerOf(exchange, name)])),
  body: exchange.body,
  receivedAtMs: exchange.receivedAtMs,
});

/** Verifies a carrier's request; a refusal as `Reply`. Unknown deployments and unknown paths look the same. */
export async function carrierRequest(context: IngressContext, exchange: Exchange): Promise<CarrierRequest | Reply> {
  const served = context.served.byIngressKey(exchange.parameters["ingressKey"] ?? "");
  if (served === undefined) return problems.notFound;
  const inbound = inboundOf(context, exchange);
  const verified = await verifiedCarrier(context, served, inbound, exchange.path);
  if (verified === null) return problems.refused;
  const call = verified.vendor.readCall(exchange.body);
  return call === null ? problems.malformed : { served, carrier: verified.vendor, call, inbound };
}

/** Verified as sent, or with the fragment under which the release configured this address at the carrier. */
async function verifiedCarrier(context: IngressContext, served: Served, inbound: InboundRequest, path: string) {
  const { vendors, credentials, publicUrl } = context;
  const verified = await verifiedBy(served, vendors.carriers, credentials, inbound);
  if (verified !== null) return verified;
  const url = configuredUrls(served).find((each) => each.startsWith(`${publicUrl}${path}#`));
  return url === undefined ? null : verifiedBy(served, vendors.carriers, credentials, { ...inbound, url });
}

const configuredUrls = (served: Served): string[] =>
  Object.values(served.bundles)
    .flatMap(({ resources }) => resources)
    .filter(({ role }) => role === "telephony")
    .flatMap(({ fields }) => Object.values(fields))
    .filter((value) => typeof value === "string");

export const isReply = (value: object): value is Reply => "status" in value;

/** The leg token of an action URL, bound to this deployment and this call; null otherwise. */
export function legOf(context: IngressContext, exchange: Exchange, { served, call }: CarrierRequest): LegToken | null {
  const leg = readLeg(context.ticketKey, exchange.query.get("token") ?? "", context.clock.now());
  return leg !== null && leg.deploymentId === served.deployment.deploymentId && leg.callId === call.callId ? leg : null;
}

/** The call with its session and the release it is pinned to; null when the slot holds nothing any more. */
export function pinnedCall(
  context: IngressContext,
  { served, carrier, call }: CarrierRequest,
  leg: LegToken,
): PinnedCall | null {
  const turned = leg.direction === "outbound" ? turnedRound(call) : call;
  const session = context.sessions.adopt(leg, turned.from);
  const release = slotRelease(served, leg.slot);
  return release === null ? null : { served, session, carrier, call: turned, bundle: release.bundle };
}

/** A call that we placed as if it had been made to us: the other party is who it is from, whoever dialled. */
export const turnedRound = (call: CarrierCall): CarrierCall => ({ ...call, from: call.to, to: call.from });

export const documentReply = (
  carrier: CarrierIngress,
  document: string,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status: 200,
  contentType: carrier.documents.contentType,
  headers,
  body: document,
});
