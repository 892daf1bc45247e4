import { openBriefing } from "../answer/briefing.ts";
import { problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { readLeg } from "../session/session-pin.ts";
import { carrierRequest, documentReply, isReply } from "./carrier-request.ts";

/**
 * A person has taken a call that was handed over: what they are told of it before they are connected; the caller hears none of it. A
 * briefing that cannot be read keeps nobody waiting: they are connected at once.
 */
export const voiceWhisper = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/voice/:ingressKey/whisper",
  handle: async (exchange) => {
    const request = await carrierRequest(context, exchange);
    if (isReply(request)) return request;
    const { served, carrier, call } = request;
    const { ticketKey, clock, sessions } = context;
    const leg = readLeg(ticketKey, exchange.query.get("token") ?? "", clock.now());
    const isForThis = leg?.deploymentId === served.deployment.deploymentId && leg.callId === call.parentCallId;
    if (leg === null || !isForThis) return problems.refused;
    const say = openBriefing(ticketKey, leg, exchange.query.get("briefing") ?? "", clock.now());
    const session = sessions.get(leg.sessionId);
    if (session !== undefined) sessions.record(session, "person-reached", { leg: leg.leg, isBriefed: say !== null });
    return documentReply(carrier, carrier.documents.whisper({ say }));
  },
});
