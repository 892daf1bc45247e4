import { randomUUID } from "node:crypto";
import { agentBinding, variablesOf } from "../answer/documents.ts";
import { jsonReply, problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { slotRelease } from "../pointer/served.ts";
import { AGENT_HELD } from "../session/session-pin.ts";
import { agentRequest } from "./agent-request.ts";
import { isReply } from "./carrier-request.ts";

/** A call to a number that the agent vendor holds: our pointer chooses agent and version here too (ruling 21). */
export const agentInbound = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/agent/:ingressKey/inbound",
  handle: async (exchange) => {
    const request = await agentRequest(context, exchange);
    if (isReply(request)) return request;
    const inbound = request.agent.readInbound(exchange.body);
    if (inbound === null) return problems.malformed;
    const { served, agent } = request;
    const call = {
      ...inbound,
      callId: `${AGENT_HELD}${randomUUID()}`,
      forwardedFrom: null,
      leg: null,
      legSeconds: null,
    };
    const session = context.answering.pin(served, call);
    const release = session === null ? null : slotRelease(served, session.slot);
    // Without an answer of ours the vendor falls back to its own routing, the safety net behind us.
    if (session === null || release === null) return problems.notFound;
    const { agentId, agentVersion } = agentBinding(served, session, release.bundle);
    const isDiverted = served.pointer.mode === "diverted";
    const variables = {
      ...variablesOf(session, call),
      answer_mode: isDiverted ? "diverted" : "live",
      human_number: release.bundle.humanPath.number,
    };
    return jsonReply(
      200,
      agent.answerInbound({ agentId, agentVersion, metadata: context.documents.metadataOf(session), variables }),
    );
  },
});
