import { verifyTicket } from "@tandem/secrets";
import { type Exchange, headerOf, jsonReply, problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";

/** What a trial call left behind, for its caller: with a `trial` ticket that names this very session. */
export const trialTrace = (context: IngressContext): Route => ({
  method: "GET",
  pattern: "/trial/:sessionId/trace",
  handle: (exchange) => {
    const sessionId = exchange.parameters["sessionId"] ?? "";
    if (!isAllowed(context, exchange, sessionId)) return problems.notFound;
    const trace = context.traces.get(sessionId);
    return trace === null ? problems.notFound : jsonReply(200, trace);
  },
});

/** Looks like nothing to everybody else. */
function isAllowed({ ticketKey, clock }: IngressContext, exchange: Exchange, sessionId: string): boolean {
  const token = /^Bearer (\S+)$/.exec(headerOf(exchange, "authorization") ?? "")?.[1] ?? "";
  return verifyTicket(ticketKey, "trial", token, clock.now())?.["sessionId"] === sessionId;
}
