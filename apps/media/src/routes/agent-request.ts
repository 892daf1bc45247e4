import type { AgentIngress } from "@tandem/ports/inbound";
import { verifiedBy } from "../credential/caller-identity.ts";
import { type Exchange, problems, type Reply } from "../http/exchange.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import type { Served } from "../pointer/served.ts";
import type { LiveSession } from "../session/live-session.ts";
import { readStamp } from "../session/session-pin.ts";
import { inboundOf } from "./carrier-request.ts";

/** A request that a hosted agent really made for this deployment. */
export interface AgentRequest {
  readonly served: Served;
  readonly agent: AgentIngress;
  readonly connectionId: string;
}

/** Verifies an agent's request over its raw body; a refusal as `Reply`. */
export async function agentRequest(context: IngressContext, exchange: Exchange): Promise<AgentRequest | Reply> {
  const served = context.served.byIngressKey(exchange.parameters["ingressKey"] ?? "");
  if (served === undefined) return problems.notFound;
  const verified = await verifiedBy(served, context.vendors.agents, context.credentials, inboundOf(context, exchange));
  if (verified === null) return problems.refused;
  return { served, agent: verified.vendor, connectionId: verified.connectionId };
}

/** The session that a call's metadata names by its signed stamp; null when it bears none of this deployment. */
export function stampedSession(
  context: IngressContext,
  served: Served,
  metadata: Readonly<Record<string, string>>,
): LiveSession | null {
  const pin = readStamp(context.ticketKey, metadata["tandem_stamp"] ?? "", context.clock.now());
  return pin === null || pin.deploymentId !== served.deployment.deploymentId ? null : context.sessions.adopt(pin, null);
}
