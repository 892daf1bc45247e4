import { agentSocketRoute } from "../hosted-llm/agent-socket-route.ts";
import type { HostedDesk } from "../hosted-llm/hosted-desk.ts";
import type { RefusalLimit } from "../http/refusal-limit.ts";
import type { SocketRoute } from "../http/sockets.ts";
import { streamRoute } from "../stream/stream-route.ts";
import type { OpenStreamCall } from "../stream/stream-connection.ts";
import { UsedTickets } from "../stream/stream-ticket.ts";
import type { IngressContext } from "./ingress-context.ts";
import type { MediaNodeOptions } from "./media-node.ts";
import { type NodeParts, streamOrigin } from "./node-parts.ts";

/** Every address at which vendors open WebSockets. */
export function socketRoutes(node: {
  readonly options: MediaNodeOptions;
  readonly parts: NodeParts;
  readonly context: IngressContext;
  readonly openCall: OpenStreamCall;
  readonly hosted: HostedDesk;
  readonly refusals: RefusalLimit;
}): readonly SocketRoute[] {
  const { options, parts, context, openCall, hosted, refusals } = node;
  const { served, vendors, credentials, ticketKey, clock, sessions, log } = context;
  const host = {
    node: context.node,
    ticketKey,
    clock,
    sessions,
    log,
    openCall,
    used: new UsedTickets(),
    onRefused: (reason: string) => parts.metrics.count("streams_refused", { reason }),
  };
  return [
    streamRoute({ host, served, vendors, credentials, streamUrl: streamOrigin(options), refusals }),
    agentSocketRoute({
      desk: hosted,
      served,
      refusals,
      log,
      onRefused: (reason) => parts.metrics.count("agent_sockets_closed", { reason }),
    }),
  ];
}
