import { readLead } from "@tandem/domain/outbound";
import type { Json, Secret } from "@tandem/kernel";
import type { ClaimedOutboundCall, OutboundOutlook } from "@tandem/ports/store/outbound";
import type { CallWish } from "@tandem/ports/telephony";
import { sealTicket } from "@tandem/secrets";

/** How long the carrier may queue, ring and listen before it asks for the document. */
const TICKET_MS = 15 * 60_000;
const RING_SECONDS = 25;

/**
 * What the carrier is asked for. What is known of the lead travels sealed in the answer address: any media node can open it, without the
 * database; the carrier, its logs and whoever reads them cannot.
 */
export function callWish(
  { publicUrl, ticketKey }: { readonly publicUrl: string; readonly ticketKey: Secret },
  { id, deploymentId, to, from, lead }: ClaimedOutboundCall,
  { deployment, situation }: OutboundOutlook,
): CallWish {
  const { bundle, nowMs } = situation;
  const facts = bundle === null ? [] : readLead(bundle, { to, lead }, nowMs).facts;
  const content = { outboundCallId: id, deploymentId, to, facts: facts as unknown as Json };
  const ticket = sealTicket(ticketKey, "outbound-call", content, nowMs + TICKET_MS);
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
