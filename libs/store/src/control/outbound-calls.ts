import {
  decideOutbound,
  type OutboundDecision,
  type OutboundRefusal,
  outboundRefusals,
  type OutboundWish,
  readLead,
} from "@tandem/domain/outbound";
import type { ReleaseBundle } from "@tandem/domain/release";
import { AppError, instant } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OutboundCallRow } from "@tandem/ports/store/outbound";
import { entryOf } from "../audit/facts.ts";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { outboundCallOf, type OutboundRow } from "../outbound/outbound-row.ts";
import { situationOf } from "../outbound/situation.ts";
import { readView } from "../rollouts/view.ts";
import {
  type ControlContext,
  cursorText,
  effectIdOf,
  inActorsTenant,
  pageSize,
  requireTenant,
  toPage,
  UUID,
} from "./context.ts";

const ONE = "SELECT * FROM outbound_call WHERE tenant_id = $1 AND id = $2";
const MANY = `
  SELECT * FROM outbound_call WHERE tenant_id = $1 AND deployment_id = $2 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`;
const EARLIER = `
  SELECT coalesce(bool_or(consent_given_at = $4::timestamptz(3)), false) AS "hasAttempt", coalesce(bool_or(finished_at IS NULL), false) AS "isPending"
  FROM outbound_call WHERE tenant_id = $1 AND deployment_id = $2 AND to_number = $3`;
const INSERT = `
  INSERT INTO outbound_call (tenant_id, id, deployment_id, to_number, from_number, time_zone, lead, consent_given_at, consent_source,
    consent_text, state, due_at, expires_at, requested_by, kept_days)
  VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12, $13, $14, coalesce($15::int, 90))
  ON CONFLICT DO NOTHING RETURNING *`;

type Methods = Pick<ControlStore, "requestOutboundCall" | "outboundCall" | "outboundCalls">;

export function outboundCallMethods(context: ControlContext): Methods {
  return {
    requestOutboundCall: async (actor, deploymentId, wish) => {
      const key = { tenantId: requireTenant(actor), deploymentId, id: effectIdOf(context, actor) };
      return inActorsTenant(context, actor, (sql) => requestOnce(context, actor, { sql, key, wish }));
    },
    outboundCall: async (actor, id) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(id)) return null;
      const row = await inActorsTenant(context, actor, (sql) => sql.row<OutboundRow>(ONE, [tenantId, id]));
      return row === null ? null : outboundCallOf(row);
    },
    outboundCalls: async (actor, deploymentId, page) => {
      const [tenantId, before] = [requireTenant(actor), cursorText(page, UUID)];
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<OutboundRow>(MANY, [tenantId, deploymentId, before, pageSize(page)]),
      );
      return toPage(rows, page, outboundCallOf, ({ id }) => id);
    },
  };
}

interface Request {
  readonly sql: Sql;
  readonly key: { readonly tenantId: string; readonly deploymentId: string; readonly id: string };
  readonly wish: OutboundWish;
}

/** Doing the same request again finds what it made. */
async function requestOnce(context: ControlContext, actor: Actor, request: Request): Promise<OutboundCallRow> {
  const { sql, key } = request;
  const made = await sql.row<OutboundRow>(ONE, [key.tenantId, key.id]);
  if (made !== null) return outboundCallOf(made);
  const accepted = await decide(context, request);
  const row = await insert(actor, request, accepted);
  if (row === null) throw refusal("call-pending"); // asked for twice at the same moment
  const closing = new ClosingWrites(sql, key.tenantId);
  closing.notifyWork({ tenantId: key.tenantId, deploymentId: key.deploymentId, commandId: null });
  // Audit rows stay for ever: who was called and what they agreed to is in the row of the call.
  const { timeZone, consent } = request.wish;
  const told = { timeZone, consent: { givenAt: consent.givenAt, source: consent.source } };
  closing.audit(
    entryOf(actor, { action: "outbound-call.requested", object: `outbound-call/${key.id}`, after: told }),
    actor.requestId,
  );
  await closing.write(context.options.newId);
  return outboundCallOf(row);
}

interface Accepted {
  readonly decision: Extract<OutboundDecision, { kind: "call" }>;
  readonly from: string;
  readonly nowMs: number;
  /** Of the release that places it; null when it names none. */
  readonly keptDays: number | null;
}

async function decide({ caches }: ControlContext, { sql, key, wish }: Request): Promise<Accepted> {
  const view = await readView(sql, caches, key);
  if (view === null) throw new AppError("not_found", "There is no such deployment.");
  const parties = [key.tenantId, key.deploymentId, wish.to] as const;
  const earlier = await sql.row<{ hasAttempt: boolean; isPending: boolean }>(EARLIER, [
    ...parties,
    wish.consent.givenAt,
  ]);
  const known = await situationOf(sql, view, { tenantId: key.tenantId, wish });
  const { hasAttempt = false, isPending = false } = earlier ?? {};
  const decision = decideOutbound({ ...known, hasAttempt, isPending });
  if (decision.kind === "refused") throw refusal(decision.reason);
  const { bundle, nowMs } = known;
  if (bundle !== null) requireReadable(bundle, wish, nowMs);
  // A release of before these policies names no days.
  const policies: Partial<ReleaseBundle["policies"]> | undefined = bundle?.policies;
  return { decision, from: view.deployment.number ?? "", nowMs, keptDays: policies?.retention?.transcriptDays ?? null };
}

function requireReadable(bundle: ReleaseBundle, wish: OutboundWish, nowMs: number): void {
  const { problems } = readLead(bundle, wish, nowMs);
  if (problems.length === 0) return;
  const errors = problems.map(({ name, message }) => `lead.${name} ${message}`);
  throw new AppError("invalid_input", errors.join("; "), { details: { field: "lead" } });
}

const refusal = (reason: OutboundRefusal): AppError =>
  new AppError("outbound_refused", outboundRefusals[reason], { details: { reason } });

function insert(
  actor: Actor,
  { sql, key, wish }: Request,
  { decision, from, nowMs, keptDays }: Accepted,
): Promise<OutboundRow | null> {
  return sql.row<OutboundRow>(INSERT, [
    key.tenantId,
    key.id,
    key.deploymentId,
    wish.to,
    from,
    wish.timeZone,
    json(wish.lead),
    wish.consent.givenAt,
    wish.consent.source,
    wish.consent.text,
    decision.atMs > nowMs ? "scheduled" : "queued",
    instant(decision.atMs),
    instant(decision.expiresAtMs),
    actor.subject,
    keptDays,
  ]);
}
