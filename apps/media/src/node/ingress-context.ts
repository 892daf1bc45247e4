import type { Clock, Secret } from "@tandem/kernel";
import type { Logger } from "@tandem/telemetry";
import type { Answering } from "../answer/answering.ts";
import type { Documents } from "../answer/documents.ts";
import type { TrialTickets } from "../answer/trial-tickets.ts";
import type { InboundVendors } from "../credential/caller-identity.ts";
import type { Credentials } from "../credential/credentials.ts";
import type { ServedDeployments } from "../pointer/served-deployments.ts";
import type { ReplayDesk } from "../replay/replay-desk.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import type { Spool } from "../spool/spool.ts";
import type { ToolCalls } from "../tool-host/tool-calls.ts";
import type { TrialTraces } from "../trial/trial-traces.ts";

/** What the routes work with. */
export interface IngressContext {
  readonly node: string;
  readonly publicUrl: string;
  readonly ticketKey: Secret;
  readonly clock: Clock;
  readonly log: Logger;
  readonly served: ServedDeployments;
  readonly vendors: InboundVendors;
  readonly credentials: Credentials;
  readonly sessions: LiveSessions;
  readonly spool: Spool;
  readonly documents: Documents;
  readonly answering: Answering;
  readonly trials: TrialTickets;
  readonly tools: ToolCalls;
  readonly traces: TrialTraces;
  readonly replays: ReplayDesk;
  /** Reads a deployment anew before a smoke call; resolves also when the database is away. */
  refresh(deploymentId: string): Promise<void>;
}
