import type { Secret } from "@tandem/kernel";
import { Slot } from "@tandem/domain/slot";
import { verifyTicket } from "@tandem/secrets";
import { type Exchange, headerOf, jsonReply, problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { slotRelease } from "../pointer/served.ts";
import { TICKET_LIFE_MS } from "../stream/stream-ticket.ts";
import { talkAddress } from "../talk/talk-address.ts";

/** What the route needs beside the node's context. */
interface TalkLinkOptions {
  /** Null: nobody may ask. */
  readonly talkKey: Secret | null;
  /** Where browsers reach this very node. */
  readonly origin: string;
}

/**
 * Makes an address at which a person can talk to a slot, for whoever bears a `talk` ticket that names tenant, deployment and slot: the API. It
 * is this node's, so that it is good once whatever node was asked. 200 with `address` and `expiresAt`; 409 where the slot has no voice of
 * ours; 404 without a ticket.
 */
export const talkLink = (context: IngressContext, options: TalkLinkOptions): Route => ({
  method: "POST",
  pattern: "/talk/link",
  handle: async (exchange) => {
    const asked = askedFor(context, options.talkKey, exchange);
    if (asked === null) return problems.notFound;
    await context.refresh(asked.deploymentId);
    const served = context.served.get(asked.deploymentId);
    if (served === undefined || served.deployment.tenantId !== asked.tenantId)
      return jsonReply(409, { reason: "unknown" });
    const release = slotRelease(served, asked.slot);
    if (release === null) return jsonReply(409, { reason: "empty" });
    if (release.bundle.agent.kind !== "tandem") return jsonReply(409, { reason: "hosted" });
    const nowMs = context.clock.now();
    const node = { name: context.node, origin: options.origin, ticketKey: context.ticketKey };
    const address = talkAddress(node, served.deployment, asked.slot, nowMs);
    return jsonReply(
      200,
      { address, expiresAt: new Date(nowMs + TICKET_LIFE_MS).toISOString() },
      { "cache-control": "no-store" },
    );
  },
});

function askedFor({ clock }: IngressContext, key: Secret | null, exchange: Exchange) {
  const token = /^Bearer (\S+)$/.exec(headerOf(exchange, "authorization") ?? "")?.[1] ?? "";
  const claims = key === null ? null : verifyTicket(key, "talk", token, clock.now());
  const slot = Slot.safeParse(claims?.["slot"]);
  if (claims === null || !slot.success) return null;
  return { tenantId: String(claims["tenantId"]), deploymentId: String(claims["deploymentId"]), slot: slot.data };
}
