import { DISABLED_AFTER_MS } from "@tandem/domain/notification";
import type { ClaimedDelivery, DeliveryOutcome } from "@tandem/ports/store/webhooks";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import type { ResolvedOptions } from "../options.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";

/** The last twelve outcomes are kept; a success or the last attempt ends the delivery, every other gives it back with its time. */
const OUTCOME = `
  UPDATE webhook_delivery SET claimed_by = NULL, claimed_until = NULL,
    outcomes = (SELECT jsonb_agg(o ORDER BY n) FROM (
      SELECT o, n FROM jsonb_array_elements(outcomes || jsonb_build_array($5::jsonb || jsonb_build_object('at',
        to_char(intent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))) WITH ORDINALITY AS x (o, n) ORDER BY n DESC LIMIT 12) kept),
    state = $6, finished_at = CASE WHEN $6 <> 'pending' THEN clock_timestamp() END,
    due_at = CASE WHEN $6 = 'pending' THEN clock_timestamp() + $7::float8 * interval '1 millisecond' END
  WHERE tenant_id = $1 AND endpoint_id = $2 AND message_id = $3 AND claimed_by = $4 AND finished_at IS NULL`;
const WORKS =
  "UPDATE webhook_endpoint SET failing_since = NULL WHERE tenant_id = $1 AND id = $2 AND failing_since IS NOT NULL";
const FAILS = `
  UPDATE webhook_endpoint SET failing_since = coalesce(failing_since, clock_timestamp()) WHERE tenant_id = $1 AND id = $2
  RETURNING failing_since, state, failing_since <= clock_timestamp() - $3::float8 * interval '1 millisecond' AS "isOver"`;
const DISABLE = "UPDATE webhook_endpoint SET state = 'disabled' WHERE tenant_id = $1 AND id = $2 AND state = 'active'";

interface Finishing {
  readonly delivery: ClaimedDelivery;
  readonly outcome: DeliveryOutcome;
}

/** False when the claim has passed on. */
export async function finish(sql: Sql, { newId }: ResolvedOptions, { delivery, outcome }: Finishing): Promise<boolean> {
  const { status, error, tookMs, retryInMs } = outcome;
  const state = error === null ? "delivered" : retryInMs === null ? "failed" : "pending";
  const { tenantId, endpointId, messageId, workerId } = delivery;
  const key = [tenantId, endpointId, messageId, workerId] as const;
  const written = await sql.run(OUTCOME, [...key, json({ status, error, tookMs }), state, retryInMs]);
  if (written === 0) return false;
  if (error === null) {
    await sql.send(WORKS, [tenantId, endpointId]);
    return true;
  }
  const failing = await sql.row<{ failing_since: Timestamp; state: string; isOver: boolean }>(FAILS, [
    tenantId,
    endpointId,
    DISABLED_AFTER_MS,
  ]);
  if (failing !== null && (failing.isOver || outcome.isGone)) {
    const since = instantOf(failing.failing_since);
    await disable(
      sql,
      { delivery, since, why: outcome.isGone ? "it says that it is gone" : `it fails since ${since}` },
      newId,
    );
  }
  return true;
}

interface Disabling {
  readonly delivery: ClaimedDelivery;
  readonly since: string;
  readonly why: string;
}

async function disable(sql: Sql, { delivery, since, why }: Disabling, newId: ResolvedOptions["newId"]): Promise<void> {
  const { tenantId, endpointId, workerId } = delivery;
  if ((await sql.run(DISABLE, [tenantId, endpointId])) === 0) return;
  const closing = new ClosingWrites(sql, tenantId);
  const object = `webhook/${endpointId}`;
  const detail = `The endpoint is not sent to any more: ${why}. Set it active again once it works; what failed can be sent again.`;
  closing.enqueue("webhook.disabled", { object, endpointId, failingSince: since, detail });
  const after = { state: "disabled", failingSince: since };
  closing.audit({ actor: `worker:${workerId}`, via: "worker", action: "webhook.disabled", object, after }, null);
  await closing.write(newId);
}
