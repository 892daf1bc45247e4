import type { Logger } from "@tandem/telemetry";
import type { InboundVendors } from "../credential/caller-identity.ts";
import type { Served } from "../pointer/served.ts";
import type { ServedDeployments } from "../pointer/served-deployments.ts";
import type { LiveSession } from "../session/live-session.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import { isAgentHeld } from "../session/session-pin.ts";
import type { ToolHost } from "../tool-host/tool-host.ts";

export interface ReconcileOptions {
  readonly served: ServedDeployments;
  readonly sessions: LiveSessions;
  readonly host: ToolHost;
  readonly vendors: InboundVendors;
  readonly log: Logger;
  /** Calls younger than this are not doubted, milliseconds: the carrier lists them late. */
  readonly youngestMs: number;
  readonly now: () => number;
}

/** Ends sessions whose call the carrier no longer lists: a lost status callback must not hold a slot for ever (ruling 38). */
export async function reconcileCalls(options: ReconcileOptions): Promise<void> {
  const nowMs = options.now();
  const doubted = options.sessions
    .live()
    .filter((session) => !isAgentHeld(session) && nowMs - session.startedAtMs > options.youngestMs);
  const byDeployment = Map.groupBy(doubted, (session) => session.deploymentId);
  for (const [deploymentId, sessions] of byDeployment) {
    const served = options.served.get(deploymentId);
    if (served !== undefined)
      await reconcileDeployment(options, served, sessions).catch((error: unknown) =>
        options.log.warn({ err: error, deploymentId }, "the carrier's calls cannot be listed"),
      );
  }
}

async function reconcileDeployment(
  options: ReconcileOptions,
  served: Served,
  sessions: readonly LiveSession[],
): Promise<void> {
  const { tenantId, number, connections } = served.deployment;
  const carrier = Object.entries(connections).find(([, connection]) => options.vendors.carriers.has(connection.vendor));
  if (number === null || carrier === undefined) return;
  const [connectionId, connection] = carrier;
  const listed = (await options.host.run({
    job: "list-calls",
    connection: { tenantId, connectionId, served: connection },
    number,
  })) as readonly string[];
  for (const session of sessions) {
    if (listed.includes(session.callId)) continue;
    options.log.info({ sessionId: session.sessionId }, "the carrier no longer lists this call: its session is ended");
    options.sessions.end(session, options.now());
  }
}
