import { readLead } from "@tandem/domain/outbound";
import type { Json } from "@tandem/kernel";
import type { ClaimedOutboundCall, OutboundOutlook } from "@tandem/ports/store/outbound";
import type { CallWish } from "@tandem/ports/telephony";

/** How long the carrier may queue, ring and listen before it asks for the document. */
const TICKET_MS = 15 * 60_000;
const RING_SECONDS = 25;

/** Where the carrier asks what a placed call shall hear. */
export interface CallAddress {
  /** Origin at which carriers reach the media service. */
  readonly publicUrl: string;
  /** Seals what media shall know of the call; legal in URLs, valid until the time (epoch milliseconds). */
  readonly sealTicket: (content: Json, expiresAtMs: number) => string;
}

/**
 * What the carrier is asked for. What is known of the lead travels sealed in the answer address: any media node can open it, without the
 * database; the carrier, its logs and whoever reads them cannot.
 */
export function callWish(
  { publicUrl, sealTicket }: CallAddress,
  { id, deploymentId, to, from, lead }: ClaimedOutboundCall,
  { deployment, situation }: OutboundOutlook,
): CallWish {
  const { bundle, nowMs } = situation;
  const facts = bundle === null ? [] : readLead(bundle, { to, lead }, nowMs).facts;
  const content = { outboundCallId: id, deploymentId, to, facts: facts as unknown as Json };
  const ticket = sealTicket(content, nowMs + TICKET_MS);
  const voice = `${publicUrl}/voice/${deployment.ingressKey}`;
  return {
    from,
    to,
    answerUrl: `${voice}/outbound?ticket=${ticket}`,
    statusUrl: `${voice}/status`,
    ringSeconds: bundle?.outbound?.ringSeconds ?? RING_SECONDS,
    detectsMachine: true,
  };
}
