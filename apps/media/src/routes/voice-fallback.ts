import { slotRelease } from "../pointer/served.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { carrierRequest, documentReply, isReply } from "./carrier-request.ts";

/** The carrier did not get the first document: straight to the fallback number, with no vendor and no schedule in the way. */
export const voiceFallback = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/voice/:ingressKey/fallback",
  handle: async (exchange) => {
    const request = await carrierRequest(context, exchange);
    if (isReply(request)) return request;
    const { served, carrier, call } = request;
    const session = context.answering.pin(served, call);
    const release = session === null ? null : slotRelease(served, session.slot);
    if (session === null || release === null) return documentReply(carrier, context.answering.passOn(served, carrier));
    const errorCode = new URLSearchParams(exchange.body).get("ErrorCode");
    context.sessions.record(session, "fallback-asked", { errorCode });
    return documentReply(
      carrier,
      context.documents.fallback({ served, session, carrier, call, bundle: release.bundle }),
    );
  },
});
