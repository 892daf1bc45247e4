import { jsonReply, problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { agentRequest, stampedSession } from "./agent-request.ts";
import { isReply } from "./carrier-request.ts";

/** The hosted agent runs a tool of its playbook, with the bindings of the slot that the call is pinned to. */
export const agentTool = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/agent/:ingressKey/tools/:tool",
  handle: async (exchange) => {
    const request = await agentRequest(context, exchange);
    if (isReply(request)) return request;
    const asked = request.agent.readTool(exchange.body);
    if (asked === null) return problems.malformed;
    const session = stampedSession(context, request.served, asked.metadata);
    if (session === null) return problems.refused;
    session.agentCallId ??= asked.agentCallId;
    const reply = await context.tools.run({
      served: request.served,
      session,
      tool: exchange.parameters["tool"] ?? "",
      arguments: asked.arguments,
      invocationId: asked.invocationId,
    });
    return jsonReply(200, reply);
  },
});
