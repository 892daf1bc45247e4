import { timingSafeEqual } from "node:crypto";
import { agentSocketSecret } from "@tandem/domain/tenant";
import type { Logger } from "@tandem/telemetry";
import type { RefusalLimit } from "../http/refusal-limit.ts";
import type { SocketAdmission, SocketRoute } from "../http/sockets.ts";
import type { ServedDeployments } from "../pointer/served-deployments.ts";
import { Unstarted } from "../stream/unstarted.ts";
import { type AgentCloseReason, AgentSocket } from "./agent-socket.ts";
import type { HostedDesk } from "./hosted-desk.ts";

/** What counts against an address. Calls that ended or were dialled again do not: vendors have few addresses. */
const MISBEHAVIOUR: ReadonlySet<AgentCloseReason> = new Set([
  "binary",
  "malformed",
  "refused",
  "unstarted",
  "flooding",
]);

/** Where hosted agents open the socket of a call: any node, also again in mid-call (ruling 36). */
export function agentSocketRoute(options: {
  readonly desk: HostedDesk;
  readonly served: ServedDeployments;
  readonly refusals: RefusalLimit;
  readonly log: Logger;
  readonly onRefused: (reason: AgentCloseReason) => void;
}): SocketRoute {
  const { desk, served, refusals, log } = options;
  const unstarted = new Unstarted();
  return {
    method: "GET",
    pattern: "/agent/:ingressKey/llm/:secret/:callId",
    admit: ({ parameters, remoteAddress }): SocketAdmission => {
      const { ingressKey = "", secret = "", callId = "" } = parameters;
      if (!unstarted.hasRoom(remoteAddress, refusals.isOver(remoteAddress))) return { isOpened: false, status: 429 };
      const found = served.byIngressKey(ingressKey);
      // An unknown deployment and a wrong secret look the same.
      if (found === undefined || !isEqual(secret, agentSocketSecret(ingressKey)))
        return { isOpened: false, status: 404 };
      return {
        isOpened: true,
        take: (socket) => {
          const opening: AgentSocket = new AgentSocket({
            socket,
            callId,
            log,
            // The deployment as it is when the call's details come.
            open: (details, opened) => desk.open(served.byIngressKey(ingressKey) ?? found, details, opened),
            onRefused: (reason) => {
              if (MISBEHAVIOUR.has(reason)) refusals.count(remoteAddress);
              options.onRefused(reason);
            },
            onStarted: () => unstarted.remove(opening),
            onOver: () => unstarted.remove(opening),
          });
          unstarted.add(opening, remoteAddress);
        },
      };
    },
  };
}

function isEqual(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
