import { type Freeze, freezeProse } from "@tandem/domain/gate";
import { isLive, type Rollout } from "@tandem/domain/rollout";
import { AppError, type Json } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { FreezeWish } from "@tandem/ports/store/gates";
import type { Sql } from "../database/sql.ts";
import { json } from "../database/sql.ts";
import { freezeOf, type FreezeRow, overrideOf, requireOverrider } from "../gates/freezes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import {
  changeDeployment,
  type ControlContext,
  cursorText,
  effectIdOf,
  inActorsTenant,
  pageSize,
  requirePlatform,
  requireTenant,
  scopeOf,
  tenantOf,
  toPage,
  UUID,
} from "./context.ts";
import { account, readRollout, requireRollout } from "./decision.ts";
import { plainChange } from "./plain-change.ts";

// Taken by whoever makes a window: it waits for moves of the pointer that are under way and have not seen it.
const BLOCK_MOVES = "SELECT pg_advisory_xact_lock(hashtextextended('tandem.freeze ' || $1::uuid, 0))::text";
const INSERT = `
  INSERT INTO freeze_window (tenant_id, id, playbook, environment, starts_at, ends_at, reason, created_by)
  SELECT $1::uuid, $2::uuid, $3, $4, coalesce($5::timestamptz, clock_timestamp()), $6::timestamptz, $7, $8
  WHERE $6::timestamptz > greatest(coalesce($5::timestamptz, clock_timestamp()), clock_timestamp())
  ON CONFLICT DO NOTHING`;
const BY_ID = "SELECT * FROM freeze_window WHERE tenant_id = $1 AND id = $2";
const LIST = `
  SELECT f.*, EXISTS (SELECT FROM freeze_exemption e WHERE e.tenant_id = $1 AND e.freeze_id = f.id) AS is_exempt FROM freeze_window f
  WHERE f.tenant_id IN ($1::uuid, '${PLATFORM_TENANT_ID}') AND ($2::uuid IS NULL OR f.id < $2) ORDER BY f.id DESC LIMIT $3`;
const END = `
  UPDATE freeze_window SET ended_at = clock_timestamp(), ended_by = $3
  WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL AND ends_at > clock_timestamp()`;
// Each deployment's row orders its moves: a rollout that is about to wait has either seen the end, or is seen here.
const LOCK_HELD_UP = `
  SELECT d.id FROM deployment d WHERE d.tenant_id = $1 AND EXISTS (SELECT FROM rollout r WHERE r.tenant_id = d.tenant_id AND r.deployment_id = d.id
    AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')) ORDER BY d.id FOR NO KEY UPDATE`;
const WAKE = `
  UPDATE rollout SET due_at = NULL, version = version + 1, updated_at = clock_timestamp()
  WHERE tenant_id = $1 AND reason ->> 'code' = 'freeze-window' AND phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')
  RETURNING deployment_id`;
const WAKE_WAITING = `
  UPDATE waiting_rollout SET look_at = clock_timestamp() WHERE tenant_id = $1 AND state = 'waiting' AND reason ->> 'code' = 'frozen'`;
const IS_TENANT = "SELECT 1 FROM tenant WHERE id = $1";
const EXEMPT = `
  INSERT INTO freeze_exemption (tenant_id, freeze_id, reason, granted_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`;
const OVERRIDE = `
  UPDATE rollout SET policy = policy || $3::jsonb, due_at = CASE WHEN reason ->> 'code' = 'freeze-window' THEN NULL ELSE due_at END,
    version = version + 1, updated_at = clock_timestamp()
  WHERE tenant_id = $1 AND id = $2`;

type Methods = Pick<ControlStore, "createFreeze" | "listFreezes" | "endFreeze" | "exemptFromFreeze" | "overrideFreeze">;

export function freezeMethods(context: ControlContext): Methods {
  return {
    createFreeze: (actor, wish) => createFreeze(context, actor, wish),
    listFreezes: async (actor, page) => {
      const before = cursorText(page, UUID);
      const rows = await plainChange(context, actor, ({ sql }) =>
        sql.rows<FreezeRow & { is_exempt: boolean }>(LIST, [tenantOf(actor), before, pageSize(page)]),
      );
      return toPage(
        rows,
        page,
        (row) => freezeOf(row, row.is_exempt),
        ({ id }) => id,
      );
    },
    endFreeze: (actor, freezeId, reason) => endFreeze(context, actor, freezeId, reason),
    exemptFromFreeze: (actor, freezeId, tenantId, reason) =>
      exemptFromFreeze(context, actor, { freezeId, tenantId, reason }),
    overrideFreeze: (actor, rolloutId, reason) => overrideFreeze(context, actor, rolloutId, reason),
  };
}

const noFreeze = (freezeId: string): AppError =>
  new AppError("not_found", "There is no such freeze window of yours.", { details: { freezeId } });

async function createFreeze(context: ControlContext, actor: Actor, wish: FreezeWish): Promise<Freeze> {
  const [tenantId, id] = [tenantOf(actor), effectIdOf(context, actor)];
  return plainChange(context, actor, async ({ sql, audit, closing }) => {
    await sql.rows(BLOCK_MOVES, [tenantId]);
    const { playbook, environment, startsAt, endsAt, reason } = wish;
    const made = await sql.run(INSERT, [tenantId, id, playbook, environment, startsAt, endsAt, reason, actor.subject]);
    const row = await sql.row<FreezeRow>(BY_ID, [tenantId, id]);
    if (row === null)
      throw new AppError("invalid_input", "A freeze window ends after its start, and in the future.", {
        details: { field: "endsAt" },
      });
    const freeze = freezeOf(row, false);
    if (made > 0) {
      audit({ action: "freeze.created", object: `freeze/${id}`, after: factsOf(freeze), reason });
      closing.enqueue("freeze.created", {
        object: `freeze/${id}`,
        actor: actor.subject,
        window: freezeProse(freeze),
      });
    }
    return freeze;
  });
}

const factsOf = ({ level, playbook, environment, startsAt, endsAt }: Freeze): Json => ({
  level,
  playbook,
  environment,
  startsAt,
  endsAt,
});

async function endFreeze(
  context: ControlContext,
  actor: Actor,
  freezeId: string,
  reason: string | null,
): Promise<Freeze> {
  const tenantId = tenantOf(actor);
  return plainChange(context, actor, async ({ sql, audit, closing }) => {
    const before = UUID.test(freezeId) ? await sql.row<FreezeRow>(BY_ID, [tenantId, freezeId]) : null;
    if (before === null) throw noFreeze(freezeId);
    const ended = await sql.run(END, [tenantId, freezeId, actor.subject]);
    if (ended === 0) throw new AppError("conflict", "The freeze window has ended already.", { details: { freezeId } });
    audit({ action: "freeze.ended", object: `freeze/${freezeId}`, ...(reason !== null && { reason }) });
    closing.enqueue("freeze.ended", { object: `freeze/${freezeId}`, actor: actor.subject });
    if (actor.tenantId !== null) {
      for (const deploymentId of await wake(sql, tenantId))
        closing.notifyWork({ tenantId, deploymentId, commandId: null });
    }
    const after = await sql.row<FreezeRow>(BY_ID, [tenantId, freezeId]);
    if (after === null) throw noFreeze(freezeId);
    return freezeOf(after, false);
  });
}

/** Lets a tenant's rollouts that wait for a window look again; answers their deployments. */
async function wake(sql: Sql, tenantId: string): Promise<readonly string[]> {
  await sql.rows(LOCK_HELD_UP, [tenantId]);
  const woken = await sql.rows<{ deployment_id: string }>(WAKE, [tenantId]);
  await sql.run(WAKE_WAITING, [tenantId]);
  return woken.map((row) => row.deployment_id);
}

async function exemptFromFreeze(
  context: ControlContext,
  actor: Actor,
  grant: { readonly freezeId: string; readonly tenantId: string; readonly reason: string },
): Promise<void> {
  requirePlatform(actor);
  const { freezeId, tenantId, reason } = grant;
  const isThere = await plainChange(context, actor, async ({ sql, audit }) => {
    const row = UUID.test(freezeId) ? await sql.row<FreezeRow>(BY_ID, [PLATFORM_TENANT_ID, freezeId]) : null;
    const tenant = UUID.test(tenantId) ? await sql.row(IS_TENANT, [tenantId]) : null;
    if (row === null || tenant === null) return false;
    audit({ action: "freeze.exempted", object: `freeze/${freezeId}`, after: { tenantId }, reason });
    return true;
  });
  if (!isThere) throw noFreeze(freezeId);
  await plainChange(
    context,
    actor,
    async ({ sql, audit }) => {
      await sql.run(EXEMPT, [tenantId, freezeId, reason, actor.subject]);
      audit({ action: "freeze.exempted", object: `freeze/${freezeId}`, reason });
    },
    { ...scopeOf(actor), tenantId },
  );
}

async function overrideFreeze(
  context: ControlContext,
  actor: Actor,
  rolloutId: string,
  reason: string,
): Promise<Rollout> {
  const tenantId = requireTenant(actor);
  requireOverrider(actor);
  const known = await inActorsTenant(context, actor, (sql) => requireRollout(sql, tenantId, rolloutId));
  const { deploymentId } = known;
  return changeDeployment(context, actor, deploymentId, async (change) => {
    const { sql, transaction } = change;
    const rollout = transaction.rollout?.id === rolloutId ? transaction.rollout : known;
    if (!isLive(rollout))
      throw new AppError("rollout_refused", "The rollout has ended.", {
        details: { reason: "already-ended", phase: rollout.phase },
      });
    const freezeOverride = overrideOf(await transaction.freezes(), actor.subject, reason);
    await sql.run(OVERRIDE, [tenantId, rolloutId, json({ freezeOverride })]);
    await transaction.appendEvent({ type: "freeze-overridden", payload: { actor: actor.subject, detail: reason } });
    transaction.closing.notifyWork({ tenantId, deploymentId, commandId: null });
    const [action, object] = ["rollout.freeze-overridden", `rollout/${rolloutId}`];
    account(change, actor, { action, object, after: { ...freezeOverride }, reason, deploymentId });
    return (await readRollout(sql, tenantId, rolloutId)) ?? rollout;
  });
}
