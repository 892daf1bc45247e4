import { instant } from "@tandem/kernel";
import { problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { vendorEventNumber } from "../session/event-number.ts";
import { sessionIdOf } from "../session/session-pin.ts";
import { carrierRequest, isReply } from "./carrier-request.ts";

/** A carrier reports a call's state: recorded once, tolerated late and out of order; the end of the call ends the session. */
export const voiceStatus = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/voice/:ingressKey/status",
  handle: async (exchange) => {
    const request = await carrierRequest(context, exchange);
    if (isReply(request)) return request;
    const status = request.carrier.readStatus(request.inbound);
    if (status === null) return problems.malformed;
    const { tenantId, deploymentId } = request.served.deployment;
    const sessionId = sessionIdOf(context.ticketKey, deploymentId, status.callId);
    const session = context.sessions.get(sessionId);
    const payload = { status: status.status, seconds: status.durationSeconds };
    if (session !== undefined) {
      context.sessions.recordReport(session, "carrier-status", status.identity, payload);
      if (status.hasEnded) context.sessions.end(session, context.clock.now());
    } else {
      // Answered on another node, which ends it by the carrier's call list.
      const at = instant(context.clock.now());
      const row = {
        tenantId,
        deploymentId,
        sessionId,
        seq: vendorEventNumber(status.identity),
        at,
        type: "carrier-status",
        payload,
      };
      context.spool.append({ kind: "event", row }, status.hasEnded);
    }
    await context.spool.settled(); // the carrier does not report it a second time
    return { status: 204 };
  },
});
