import { openBriefing } from "../answer/briefing.ts";
import { problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { carrierRequest, documentReply, isReply, legOf, pinnedCall } from "./carrier-request.ts";

/** A call in progress is handed to a person (or the emergency line): our own transfer, on the parent call (ruling 35). */
export const voiceHandOff = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/voice/:ingressKey/hand-off",
  handle: async (exchange) => {
    const request = await carrierRequest(context, exchange);
    if (isReply(request)) return request;
    const leg = legOf(context, exchange, request);
    if (leg === null) return problems.refused;
    const pinned = pinnedCall(context, request, leg);
    if (pinned === null) return documentReply(request.carrier, context.documents.sorry(request.carrier.documents));
    const { ticketKey, clock } = context;
    pinned.session.briefing ??= openBriefing(ticketKey, leg, exchange.query.get("briefing") ?? "", clock.now());
    return documentReply(
      request.carrier,
      context.documents.human(pinned, leg.leg === "emergency" ? "emergency" : "human"),
    );
  },
});

/** The agent ends the call. */
export const voiceHangUp = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/voice/:ingressKey/hang-up",
  handle: async (exchange) => {
    const request = await carrierRequest(context, exchange);
    if (isReply(request)) return request;
    if (legOf(context, exchange, request) === null) return problems.refused;
    return documentReply(request.carrier, context.documents.hangUp(request.carrier.documents));
  },
});
