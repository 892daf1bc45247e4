import { AppError, sha256Hex } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { WebhookRow } from "@tandem/ports/store/webhooks";
import type { Sql } from "../database/sql.ts";
import { linkMaker } from "../webhooks/link-maker.ts";
import { type EndpointRecord, webhookOf } from "../webhooks/webhook-row.ts";
import {
  change,
  type ControlContext,
  cursorText,
  effectIdOf,
  inActorsScope,
  pageSize,
  tenantOf,
  toPage,
  UUID,
} from "./context.ts";

const COLUMNS = "id, kind, url, host, description, events, links_for, state, failing_since, created_at, created_by";
const ONE = `SELECT ${COLUMNS} FROM webhook_endpoint WHERE tenant_id = $1::uuid AND id = $2::uuid AND removed_at IS NULL`;
const MANY = `
  SELECT ${COLUMNS} FROM webhook_endpoint WHERE tenant_id = $1 AND removed_at IS NULL AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`;
/** Held until commit: the count that follows is not passed by another request. */
const LOCK = "SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended('webhooks:' || $1, 0))) locked";
const COUNT = "SELECT count(*)::int AS count FROM webhook_endpoint WHERE tenant_id = $1::uuid AND removed_at IS NULL";
const INSERT = `
  INSERT INTO webhook_endpoint (tenant_id, id, kind, url, host, description, events, created_by, url_by, links_for, links_by)
  VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7::text[], $8, $8, $9, CASE WHEN $9::text IS NOT NULL THEN $8 END) RETURNING ${COLUMNS}`;
// No RETURNING: the API's role may write a sealed secret and not read it.
const STORE_SECRET = `
  INSERT INTO webhook_secret (tenant_id, endpoint_id, version, sealed, key_id, created_by) VALUES ($1::uuid, $2::uuid, $3::int, $4, $5, $6)
  ON CONFLICT DO NOTHING`;
const NEWEST_SECRET = `
  SELECT coalesce(max(version), 0)::int AS version FROM webhook_secret WHERE tenant_id = $1::uuid AND endpoint_id = $2::uuid`;
const END_SECRETS = `
  UPDATE webhook_secret SET ends_at = least(ends_at, clock_timestamp() + $4::float8 * interval '1 millisecond')
  WHERE tenant_id = $1::uuid AND endpoint_id = $2::uuid AND version < $3::int`;
const CHANGE = `
  UPDATE webhook_endpoint SET url = coalesce($3, url), host = coalesce($4, host), description = coalesce($5, description),
    events = coalesce($6::text[], events), state = coalesce($7, state),
    url_by = CASE WHEN $4::text IS NULL THEN url_by ELSE $8 END,
    links_for = CASE WHEN $9 THEN $10 ELSE links_for END,
    links_by = CASE WHEN NOT $9 THEN links_by WHEN $10::text IS NOT NULL THEN $8 END, failing_since = CASE WHEN $7 = 'active' THEN NULL ELSE failing_since END
  WHERE tenant_id = $1::uuid AND id = $2::uuid AND removed_at IS NULL RETURNING ${COLUMNS}`;
/** Who may read them no longer, or for whom they were not meant, must not act by links that were sent before. */
const TAKE_LINKS_BACK = `
  UPDATE decision_link SET revoked_at = clock_timestamp()
  WHERE tenant_id = $1::uuid AND created_by = $2 AND used_at IS NULL AND revoked_at IS NULL`;
const REMOVE = `
  UPDATE webhook_endpoint SET removed_at = clock_timestamp(), state = 'disabled'
  WHERE tenant_id = $1::uuid AND id = $2::uuid AND removed_at IS NULL`;

const MOST_ENDPOINTS = 20;

type Methods = Pick<
  ControlStore,
  | "newWebhookId"
  | "webhookOwner"
  | "createWebhook"
  | "listWebhooks"
  | "webhook"
  | "changeWebhook"
  | "nextWebhookSecretVersion"
  | "rotateWebhookSecret"
  | "removeWebhook"
  | "testWebhook"
>;

const missing = (id: string): AppError => new AppError("not_found", `There is no webhook ${id}`);

async function readOne(context: ControlContext, actor: Actor, id: string): Promise<WebhookRow | null> {
  const tenantId = tenantOf(actor);
  if (!UUID.test(id)) return null;
  const row = await inActorsScope(context, actor, (sql) => sql.row<EndpointRecord>(ONE, [tenantId, id]));
  return row === null ? null : webhookOf(row);
}

export function webhookMethods(context: ControlContext): Methods {
  return {
    newWebhookId: (actor) => effectIdOf(context, actor),
    webhookOwner: tenantOf,
    createWebhook: (actor, endpoint, secret) => create(context, actor, { endpoint, secret }),
    listWebhooks: async (actor, page) => {
      const [tenantId, before] = [tenantOf(actor), cursorText(page, UUID)];
      const rows = await inActorsScope(context, actor, (sql) =>
        sql.rows<EndpointRecord>(MANY, [tenantId, before, pageSize(page)]),
      );
      return toPage(rows, page, webhookOf, ({ id }) => id);
    },
    webhook: (actor, id) => readOne(context, actor, id),
    changeWebhook: (actor, id, wish) =>
      change(context, actor, async ({ sql, audit }) => {
        if (!UUID.test(id)) throw missing(id);
        const row = await sql.row<EndpointRecord>(CHANGE, changeParameters(actor, id, wish));
        if (row === null) throw missing(id);
        const takesBack = wish.host !== undefined || wish.linksFor !== undefined;
        const linksRevoked = takesBack ? await takeLinksBack(sql, actor, id) : 0;
        const after = { ...shownOf(webhookOf(row)), ...(linksRevoked > 0 && { linksRevoked }) };
        audit({ action: "webhook.changed", object: `webhook/${id}`, after });
        return webhookOf(row);
      }),
    nextWebhookSecretVersion: async (actor, id) => {
      if ((await readOne(context, actor, id)) === null) throw missing(id);
      const newest = await inActorsScope(context, actor, (sql) =>
        sql.row<{ version: number }>(NEWEST_SECRET, [tenantOf(actor), id]),
      );
      return (newest?.version ?? 0) + 1;
    },
    rotateWebhookSecret: (actor, id, secret) => rotate(context, actor, { id, secret }),
    removeWebhook: (actor, id) =>
      change(context, actor, async ({ sql, audit }) => {
        if (!UUID.test(id) || (await sql.run(REMOVE, [tenantOf(actor), id])) === 0) throw missing(id);
        await takeLinksBack(sql, actor, id);
        audit({ action: "webhook.removed", object: `webhook/${id}` });
      }),
    testWebhook: async (actor, id) => {
      if ((await readOne(context, actor, id)) === null) throw missing(id);
      return change(context, actor, async ({ closing, audit }) => {
        const messageId = effectIdOf(context, actor);
        const object = `webhook/${id}`;
        closing.enqueue("webhook.test", { object, endpointId: id, actor: actor.subject }, messageId);
        audit({ action: "webhook.tested", object });
        return { messageId };
      });
    },
  };
}

interface Creation {
  readonly endpoint: Parameters<ControlStore["createWebhook"]>[1];
  readonly secret: Parameters<ControlStore["createWebhook"]>[2];
}

/** Doing the same request again finds what it made; its secret is not shown a second time. */
function create(
  context: ControlContext,
  actor: Actor,
  { endpoint, secret }: Creation,
): ReturnType<ControlStore["createWebhook"]> {
  const tenantId = tenantOf(actor);
  return change(context, actor, async ({ sql, audit }) => {
    const made = await sql.row<EndpointRecord>(ONE, [tenantId, endpoint.id]);
    if (made !== null) return { ...webhookOf(made), isNew: false };
    await sql.rows(LOCK, [tenantId]);
    const { count = 0 } = (await sql.row<{ count: number }>(COUNT, [tenantId])) ?? {};
    if (count >= MOST_ENDPOINTS)
      throw new AppError("webhook_refused", `A tenant has ${MOST_ENDPOINTS} webhooks at most: remove one first.`, {
        details: { reason: "too-many" },
      });
    const { id, kind, url, host, description, events, linksFor = null } = endpoint;
    const row = await sql.row<EndpointRecord>(INSERT, [
      tenantId,
      id,
      kind,
      url,
      host,
      description,
      events,
      actor.subject,
      linksFor,
    ]);
    if (row === null) throw new AppError("internal", "A webhook was not stored.");
    await sql.run(STORE_SECRET, [tenantId, id, 1, secret.sealed, secret.keyId, actor.subject]);
    audit({
      action: "webhook.created",
      object: `webhook/${id}`,
      after: { ...shownOf(webhookOf(row)), secret: sha256Hex(secret.sealed) },
    });
    return { ...webhookOf(row), isNew: true };
  });
}

const changeParameters = (
  actor: Actor,
  id: string,
  { url, host, description, events, linksFor, state }: Parameters<ControlStore["changeWebhook"]>[2],
) => [
  tenantOf(actor),
  id,
  url ?? null,
  host ?? null,
  description ?? null,
  events ?? null,
  state ?? null,
  actor.subject,
  linksFor !== undefined,
  linksFor ?? null,
];

/** Answers how many. */
const takeLinksBack = async (sql: Sql, { tenantId }: Actor, endpointId: string): Promise<number> =>
  tenantId === null ? 0 : sql.run(TAKE_LINKS_BACK, [tenantId, linkMaker(endpointId)]); // the platform's messages carry none

interface Rotation {
  readonly id: string;
  readonly secret: Parameters<ControlStore["rotateWebhookSecret"]>[2];
}

function rotate(context: ControlContext, actor: Actor, { id, secret }: Rotation): Promise<WebhookRow> {
  const tenantId = tenantOf(actor);
  const { version, sealed, keyId, host, overlapMs } = secret;
  return change(context, actor, async ({ sql, audit }) => {
    const stored = await sql.run(STORE_SECRET, [tenantId, id, version, sealed, keyId, actor.subject]);
    if (stored === 0)
      throw new AppError("precondition_failed", "The secret was rotated by another request at the same moment.");
    await sql.run(END_SECRETS, [tenantId, id, version, overlapMs]);
    const row = await sql.row<EndpointRecord>(CHANGE, changeParameters(actor, id, host === null ? {} : { host }));
    if (row === null) throw missing(id);
    if (host !== null) await takeLinksBack(sql, actor, id);
    audit({
      action: "webhook.secret-rotated",
      object: `webhook/${id}`,
      after: { version, overlapMs, secret: sha256Hex(sealed) },
    });
    return webhookOf(row);
  });
}

const shownOf = ({ kind, url, host, description, events, linksFor, state }: WebhookRow) => ({
  kind,
  url,
  host,
  description,
  events: [...events],
  linksFor,
  state,
});
