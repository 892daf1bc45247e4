import { problems } from "../http/exchange.ts";
import type { AgentEvent } from "@tandem/ports/inbound";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import type { LiveSession } from "../session/live-session.ts";
import { isAgentHeld } from "../session/session-pin.ts";
import { agentRequest, stampedSession } from "./agent-request.ts";
import { isReply } from "./carrier-request.ts";

/** The agent vendor reports about a call: its figures are kept as vendor-reported, its failures as dropped calls. */
export const agentEvents = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/agent/:ingressKey/events",
  handle: async (exchange) => {
    const request = await agentRequest(context, exchange);
    if (isReply(request)) return request;
    const event = request.agent.readEvent(exchange.body);
    if (event === null) return problems.malformed;
    const session = stampedSession(context, request.served, event.metadata);
    if (session !== null) note(context, session, event);
    await context.spool.settled();
    return { status: 204 };
  },
});

function note(context: IngressContext, session: LiveSession, event: AgentEvent): void {
  const { sessions, clock } = context;
  session.agentCallId ??= event.agentCallId;
  const payload = {
    source: "vendor-reported",
    agentCallId: event.agentCallId,
    durationMs: event.durationMs,
    endReason: event.endReason,
    ...event.facts,
  };
  if (!sessions.recordReport(session, `agent-${event.type}`, event.identity, payload)) return;
  if (event.hasFailed) sessions.note(session, { hasDropped: true });
  if (event.type === "call-started" && !session.facts.answeredLegs.includes("agent")) {
    sessions.note(session, { answeredLegs: [...session.facts.answeredLegs, "agent"] });
  }
  if (event.type === "call-ended" && isAgentHeld(session)) sessions.end(session, clock.now());
}
