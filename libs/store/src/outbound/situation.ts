import type { OutboundSituation } from "@tandem/domain/outbound";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { Sql } from "../database/sql.ts";

const SECONDS_USED = `
  SELECT coalesce(sum(extract(epoch FROM coalesce(ended_at, clock_timestamp()) - started_at)), 0)::float8 AS seconds FROM session
  WHERE tenant_id = $1 AND deployment_id = $2 AND caller = $3 AND kind = 'live' AND started_at > clock_timestamp() - interval '24 hours'`;

/** What the rules look at, from a snapshot of the deployment. `hasAttempt` and `isPending` are the asker's to know. */
export async function situationOf(
  sql: Sql,
  view: RolloutView,
  { tenantId, wish }: { readonly tenantId: string; readonly wish: OutboundSituation["wish"] },
): Promise<Omit<OutboundSituation, "hasAttempt" | "isPending">> {
  const { pointer, attachment, slots, bundles, deployment, tenantStatus, now } = view;
  const used = await sql.row<{ seconds: number }>(SECONDS_USED, [tenantId, deployment.id, wish.to]);
  const hash = pointer.active === "none" ? null : slots[pointer.active].bundleHash;
  return {
    wish,
    isSuspended: tenantStatus === "suspended",
    isAttached: attachment.attached && deployment.number !== null,
    isDiverted: pointer.mode === "diverted",
    bundle: hash === null ? null : (bundles[hash] ?? null),
    nowMs: Date.parse(now),
    secondsUsed: used?.seconds ?? 0,
  };
}
