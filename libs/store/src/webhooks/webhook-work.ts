import type { ClaimedDelivery, WebhookWork } from "@tandem/ports/store/webhooks";
import type pg from "pg";
import { openPool } from "../database/pool.ts";
import { inTransaction, type Scope } from "../database/transaction.ts";
import { FLEET_SCOPE } from "../fleet/fleet-scope.ts";
import { resolveOptions, type StoreOptions } from "../options.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { linksOfDelivery } from "./delivery-links.ts";
import { fanOut } from "./fan-out.ts";
import { finish } from "./finish-delivery.ts";

// Each endpoint gives its own oldest few, less what is under way for it: a queue of a hundred thousand costs as much as one of three.
const FIND_DUE = `
  SELECT tenant_id, endpoint_id, message_id FROM (
    SELECT d.*, row_number() OVER (PARTITION BY d.endpoint_id ORDER BY d.due_at) AS turn
    FROM webhook_endpoint e
    CROSS JOIN LATERAL (
      SELECT w.tenant_id, w.endpoint_id, w.message_id, w.due_at FROM webhook_delivery w
      WHERE w.tenant_id = e.tenant_id AND w.endpoint_id = e.id AND w.finished_at IS NULL AND w.due_at <= clock_timestamp()
        AND (w.claimed_until IS NULL OR w.claimed_until < clock_timestamp())
      ORDER BY w.due_at LIMIT greatest(0, $2::int - (
        SELECT count(*)::int FROM webhook_delivery b
        WHERE b.tenant_id = e.tenant_id AND b.endpoint_id = e.id AND b.finished_at IS NULL AND b.claimed_until >= clock_timestamp()))
    ) d
    WHERE e.state = 'active' AND e.removed_at IS NULL
  ) found ORDER BY turn, due_at LIMIT $1`;
/** The intent: counted and timed before anything is sent. */
const CLAIM = `
  UPDATE webhook_delivery d SET claimed_by = $4, claimed_until = clock_timestamp() + $5::float8 * interval '1 millisecond',
    attempts = attempts + 1, intent_at = clock_timestamp()
  FROM webhook_endpoint e, webhook_message m
  WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.message_id = $3 AND d.finished_at IS NULL AND d.due_at <= clock_timestamp()
    AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
    AND e.tenant_id = d.tenant_id AND e.id = d.endpoint_id AND e.state = 'active' AND e.removed_at IS NULL
    AND m.tenant_id = d.tenant_id AND m.id = d.message_id
  RETURNING d.attempts AS attempt, e.kind, e.url, e.links_for AS "linksFor", m.type, m.body`;
const SECRETS = `
  SELECT version, sealed FROM webhook_secret
  WHERE tenant_id = $1 AND endpoint_id = $2 AND (ends_at IS NULL OR ends_at > clock_timestamp()) ORDER BY version DESC LIMIT 3`;
const REMOVE = `
  DELETE FROM webhook_message m WHERE m.tenant_id = $1 AND m.created_at < clock_timestamp() - $2::float8 * interval '1 millisecond'
    AND NOT EXISTS (SELECT FROM webhook_delivery d JOIN webhook_endpoint e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id
      WHERE d.tenant_id = m.tenant_id AND d.message_id = m.id AND d.finished_at IS NULL AND e.state = 'active' AND e.removed_at IS NULL)`;

type Due = { readonly tenant_id: string; readonly endpoint_id: string; readonly message_id: string };
type Claimed = Pick<ClaimedDelivery, "attempt" | "kind" | "url" | "linksFor" | "type" | "body">;

/** `options.url` logs in as `tandem_worker`, which may also become `tandem_sweeper`. */
export function openWebhookWork(options: StoreOptions): WebhookWork {
  const resolved = resolveOptions(options);
  const pool = openPool({ ...resolved, maxConnections: options.maxConnections ?? 4 });
  return {
    fanOut: (message) => inTransaction(pool, { tenantId: message.tenantId }, (sql) => fanOut(sql, message)),
    claimDue: (workerId, limits) => claimDue(pool, workerId, limits),
    linksOf: (delivery, offer) =>
      inTransaction(pool, { tenantId: delivery.tenantId }, (sql) =>
        linksOfDelivery(sql, resolved, { delivery, offer }),
      ),
    finish: (delivery, outcome) =>
      inTransaction(pool, finishingScope(delivery.tenantId), (sql) => finish(sql, resolved, { delivery, outcome })),
    removeOld: (tenantId, olderThanMs) =>
      inTransaction(pool, { tenantId }, (sql) => sql.run(REMOVE, [tenantId, olderThanMs])),
    close: () => pool.end(),
  };
}

/** That an endpoint of the platform's is off stands in the platform's chain, which a worker writes to as the one who moves fleet rollouts. */
const finishingScope = (tenantId: string): Scope => (tenantId === PLATFORM_TENANT_ID ? FLEET_SCOPE : { tenantId });

async function claimDue(
  pool: pg.Pool,
  workerId: string,
  { limit, perEndpoint, claimMs }: Parameters<WebhookWork["claimDue"]>[1],
): Promise<readonly ClaimedDelivery[]> {
  const due = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<Due>(FIND_DUE, [limit, perEndpoint]),
  );
  const claimed: ClaimedDelivery[] = [];
  for (const { tenant_id: tenantId, endpoint_id: endpointId, message_id: messageId } of due) {
    const row = await inTransaction(pool, { tenantId }, (sql) =>
      sql.row<Claimed>(CLAIM, [tenantId, endpointId, messageId, workerId, claimMs]),
    );
    if (row === null) continue;
    const secrets = await inTransaction(pool, { tenantId, role: "tandem_sweeper" }, (sql) =>
      sql.rows<ClaimedDelivery["secrets"][number]>(SECRETS, [tenantId, endpointId]),
    );
    claimed.push({ tenantId, endpointId, messageId, workerId, ...row, secrets });
  }
  return claimed;
}
