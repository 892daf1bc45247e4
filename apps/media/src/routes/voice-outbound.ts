import { readOutboundTicket } from "../answer/outbound-ticket.ts";
import { problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { carrierRequest, documentReply, isReply, turnedRound } from "./carrier-request.ts";

/** A call that we placed is answered: pinned by the pointer as every other, for the lead that the sealed ticket names and nobody else. */
export const voiceOutbound = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/voice/:ingressKey/outbound",
  handle: async (exchange) => {
    const request = await carrierRequest(context, exchange);
    if (isReply(request)) return request;
    const { served, carrier } = request;
    const ticket = readOutboundTicket(context.ticketKey, exchange.query.get("ticket") ?? "", context.clock.now());
    const call = turnedRound(request.call);
    const isForThis = ticket?.deploymentId === served.deployment.deploymentId && ticket.to === call.from;
    if (ticket === null || !isForThis) return problems.refused;
    return documentReply(carrier, await context.answering.answerOutbound(served, carrier, call, ticket));
  },
});
