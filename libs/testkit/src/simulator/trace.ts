import type { HistoryEvent, RowChange } from "../history/event.ts";

export { hookFaultPoints } from "./process.ts";
export { simulate } from "./simulate.ts";

/** A history for people: one line an event, milliseconds since its beginning first. */
export function storyOf(history: readonly HistoryEvent[]): string[] {
  const startMs = history[0]?.atMs ?? 0;
  return history.map((event) => `${String(event.atMs - startMs).padStart(7)} ${wordsOf(event)}`);
}

function wordsOf(event: HistoryEvent): string {
  switch (event.kind) {
    case "opened":
    case "closed":
      return `${event.kind}: ${event.inventory.objects.length} objects at the vendors`;
    case "bundled":
      return `release ${event.hash.slice(0, 8)}`;
    case "committed": {
      const changes = event.changes.map(changed).join(", ");
      const audits = event.audits.map(({ action }) => action).join(", ");
      return `${last(event.deploymentId)} ${event.by} epoch ${event.leaseEpoch}: ${changes} [${audits}]`;
    }
    case "claimed":
      return `${last(event.deploymentId)} claimed by ${event.by}, epoch ${event.leaseEpoch}`;
    case "logged":
      return `${event.by} logs: ${event.text}`;
    default: {
      const { kind, atMs: _atMs, ...rest } = event;
      return `${kind} ${JSON.stringify(rest)}`;
    }
  }
}

/** The last digits of an id tell the deployments of a run apart. */
const last = (id: string): string => id.slice(-2);

function changed({ table, key, before, after }: RowChange): string {
  if (after === null) return `${table} ${key} removed`;
  switch (table) {
    case "pointer":
      return `pointer ${after.active}${after.candidate === null ? "" : `, ${after.weightBp} to ${after.candidate}`} generation ${after.generation}`;
    case "slot":
      return `slot ${key} ${after.state}`;
    case "rollout":
      return `rollout ${before?.phase ?? ""} → ${after.phase}${after.reason === null ? "" : ` (${after.reason.code})`}`;
    case "step":
      return `step ${after.seq} ${after.stage} ${after.operation.verb} ${after.operation.address} ${after.state}`;
    case "event":
      return after.type;
    default:
      return `${table} ${key}`;
  }
}
