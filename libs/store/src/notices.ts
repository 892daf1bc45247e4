import type { Sql } from "./database/sql.ts";

/** Channels of PostgreSQL's LISTEN. A notice is sent in the transaction and arrives after its commit, or never. */
export const CHANNELS = {
  /** A pointer, slot or credential that media serves has changed; payload: deployment id. */
  pointer: "tandem_pointer",
  /** A rollout has new events; payload: rollout id. */
  rollout: "tandem_rollout",
  /** There is work for a worker; payload: `WorkNotice` as JSON. */
  work: "tandem_work",
} as const;

/** Where to look: a deployment, or a command. */
export interface WorkNotice {
  readonly tenantId: string;
  readonly deploymentId: string | null;
  readonly commandId: string | null;
}

const NOTIFY = "SELECT pg_notify($1, $2)";

export async function notify(sql: Sql, channel: keyof typeof CHANNELS, payload: string): Promise<void> {
  await sql.run(NOTIFY, [CHANNELS[channel], payload]);
}

export const notifyWork = (sql: Sql, notice: WorkNotice): Promise<void> => notify(sql, "work", JSON.stringify(notice));
