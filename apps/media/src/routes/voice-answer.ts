import { signStamp } from "../session/session-pin.ts";
import { pinOf } from "../answer/documents.ts";
import { type Exchange, headerOf, problems, type Reply } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import type { LiveSession } from "../session/live-session.ts";
import { carrierRequest, documentReply, isReply } from "./carrier-request.ts";

/** A call rings: pin slot, release and generation, and answer with a carrier document. */
export const voiceAnswer = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/voice/:ingressKey",
  handle: async (exchange) => {
    const request = await carrierRequest(context, exchange);
    if (isReply(request)) return request;
    const { served, carrier, call } = request;
    const ticket = ticketOf(exchange);
    if (ticket !== null) return answerTrial(context, request, ticket);
    const { document } = await context.answering.answer(served, carrier, call, null);
    return documentReply(carrier, document);
  },
});

/** A smoke call takes the same path with a ticket in place of the pointer; only its answer tells what was pinned. */
async function answerTrial(
  context: IngressContext,
  request: Exclude<Awaited<ReturnType<typeof carrierRequest>>, Reply>,
  ticket: string,
): Promise<Reply> {
  const { deploymentId } = request.served.deployment;
  await context.refresh(deploymentId);
  const served = context.served.get(deploymentId) ?? request.served;
  const trial = context.trials.redeem(ticket, served);
  if (trial === null) return problems.refused;
  const { document, session } = await context.answering.answer(served, request.carrier, request.call, trial);
  return documentReply(request.carrier, document, session === null ? {} : stampHeaders(context, session));
}

const ticketOf = (exchange: Exchange): string | null =>
  exchange.query.get("trial") ?? headerOf(exchange, "x-tandem-trial") ?? null;

const stampHeaders = (context: IngressContext, session: LiveSession): Record<string, string> => ({
  "x-tandem-slot": session.slot,
  "x-tandem-release": session.bundleHash,
  "x-tandem-session": session.sessionId,
  "x-tandem-generation": String(session.generation),
  "x-tandem-stamp": signStamp(context.ticketKey, pinOf(session)),
});
