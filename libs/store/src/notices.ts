/** Channels of PostgreSQL's LISTEN. A notice is sent in the transaction and arrives after its commit, or never. */
export const CHANNELS = {
  /** A pointer, slot or credential that media serves has changed; payload: deployment id. */
  pointer: "tandem_pointer",
  /** A rollout has new events; payload: rollout id. */
  rollout: "tandem_rollout",
  /** Something changed that pages show; payload: `ChangeNotice` as JSON. */
  change: "tandem_change",
  /** There is work for a worker; payload: `WorkNotice` as JSON. */
  work: "tandem_work",
} as const;

/** Where to look: a deployment, or a command. */
export interface WorkNotice {
  readonly tenantId: string;
  readonly deploymentId: string | null;
  readonly commandId: string | null;
}

/** A notice as it goes over the wire. */
export interface Notice {
  readonly channel: keyof typeof CHANNELS;
  readonly payload: string;
}

export const workNotice = (notice: WorkNotice): Notice => ({ channel: "work", payload: JSON.stringify(notice) });
