import { decideRemoval, isLive, isSwitched, reasons } from "@tandem/domain/rollout";
import {
  type LeavingDeployment,
  type OffBoardingMove,
  type OffBoardingView,
  offBoardingWaits,
} from "@tandem/domain/tenant";
import { AppError } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { ClaimedOffBoarding, OffBoardingWork } from "@tandem/ports/store/tenant-life";
import type pg from "pg";
import { changeDeployment, type ControlContext, type LockedChange } from "../control/context.ts";
import { account, refusedBy, writeRolloutChange } from "../control/decision.ts";
import { insertRollout } from "../control/rollout-start.ts";
import { rollBack } from "../control/traffic.ts";
import { openPool } from "../database/pool.ts";
import { json, type Sql } from "../database/sql.ts";
import { openTenantDb } from "../database/tenant-db.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { resolveOptions, type StoreOptions } from "../options.ts";
import { newViewCaches } from "../rollouts/rollout-store.ts";
import { type RolloutRow, rolloutOf } from "../rows/rollout-row.ts";
import { type PointerRow, pointerOf } from "../rows/pointer-row.ts";
import { eraseSome, forgetRecordings, recordingsOf } from "./erase.ts";
import { fencedRow, offBoardingObject } from "./off-boarding-row.ts";
import { revokeEverything } from "./revoke.ts";

/** `options.url` logs in as `tandem_worker`, which becomes `tandem_sweeper` to find work and `tandem_eraser` to erase. */
export function openOffBoardingWork(options: StoreOptions): OffBoardingWork & { close(): Promise<void> } {
  const resolved = resolveOptions(options);
  const pool = openPool({ ...resolved, maxConnections: options.maxConnections ?? 2 });
  const context: ControlContext = { pool, db: openTenantDb(pool), caches: newViewCaches(), options: resolved };
  const within = <Result>(claim: ClaimedOffBoarding, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
    inTransaction(pool, { tenantId: claim.tenantId }, work);
  return {
    claimOffBoardings: (workerId, limit, leaseMs) => claimDue(pool, { workerId, limit, leaseMs }),
    offBoardingView: (claim) => within(claim, (sql) => readView(sql, claim)),
    moveOffBoarding: (claim, move, dueInMs) => take(context, claim, move, dueInMs),
    recordingsOf: (claim) => recordingsOf(pool, claim),
    forgetRecordings: (claim, notes, what) => within(claim, (sql) => forgetRecordings(sql, claim, notes, what)),
    eraseSome: (claim) => within(claim, (sql) => eraseSome(sql, resolved.newId, claim)),
    close: async () => {
      await context.db.close();
      await pool.end();
    },
  };
}

const FIND_DUE = `
  SELECT tenant_id AS "tenantId", id FROM off_boarding
  WHERE phase NOT IN ('done', 'stopped') AND (due_at IS NULL OR due_at <= clock_timestamp())
    AND (lease_until IS NULL OR lease_until < clock_timestamp())
  ORDER BY due_at NULLS FIRST LIMIT $1`;
const CLAIM = `
  UPDATE off_boarding SET lease_owner = $3, lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + $4::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND phase NOT IN ('done', 'stopped') AND (lease_until IS NULL OR lease_until < clock_timestamp())
  RETURNING lease_epoch AS epoch`;

async function claimDue(
  pool: pg.Pool,
  { workerId, limit, leaseMs }: { readonly workerId: string; readonly limit: number; readonly leaseMs: number },
): Promise<ClaimedOffBoarding[]> {
  const due = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ tenantId: string; id: string }>(FIND_DUE, [limit]),
  );
  const claimed: ClaimedOffBoarding[] = [];
  for (const { tenantId, id } of due) {
    const row = await inTransaction(pool, { tenantId }, (sql) =>
      sql.row<{ epoch: number }>(CLAIM, [tenantId, id, workerId, leaseMs]),
    );
    if (row !== null) claimed.push({ tenantId, id, epoch: row.epoch });
  }
  return claimed;
}

interface LeavingRow extends PointerRow {
  readonly id: string;
  readonly bound: number;
  readonly filled: number;
  readonly rollout: RolloutRow | null;
}

const DEPLOYMENTS = `
  SELECT d.*,
    (SELECT count(*)::int FROM binding b WHERE b.tenant_id = d.tenant_id AND b.deployment_id = d.id) AS bound,
    (SELECT count(*)::int FROM slot s WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND s.bundle_hash IS NOT NULL) AS filled,
    (SELECT row_to_json(r) FROM rollout r WHERE r.tenant_id = d.tenant_id AND r.deployment_id = d.id
       AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')) AS rollout
  FROM deployment d WHERE d.tenant_id = $1 ORDER BY d.id`;
/** A call whose end was never told counts no longer than its release allows. */
const LIVE_CALLS = `
  SELECT count(*)::int AS calls FROM session s LEFT JOIN release b ON b.tenant_id = s.tenant_id AND b.hash = s.bundle_hash
  WHERE s.tenant_id = $1 AND s.kind = 'live' AND s.ended_at IS NULL
    AND s.started_at > clock_timestamp() - coalesce(b.max_call_ms, 3600000) * interval '1 millisecond'`;

async function readView(sql: Sql, claim: ClaimedOffBoarding): Promise<OffBoardingView> {
  const { phase, phase_ms: phaseMs } = await fencedRow(sql, claim);
  const rows = await sql.rows<LeavingRow>(DEPLOYMENTS, [claim.tenantId]);
  const calls = await sql.row<{ calls: number }>(LIVE_CALLS, [claim.tenantId]);
  return { phase, phaseMs, liveCalls: calls?.calls ?? 0, deployments: rows.map(leavingOf) };
}

const GOING_BACK: ReadonlySet<string> = new Set(["aborting", "rolling-back"]);
const ENDING: ReadonlySet<string> = new Set(["abort", "detach"]);

function leavingOf(row: LeavingRow): LeavingDeployment {
  const rollout = row.rollout === null ? null : rolloutOf(row.rollout);
  const isGone = rollout === null && row.bound === 0 && row.filled === 0 && row.pointer_active === "none";
  if (rollout === null) return { deploymentId: row.id, rollout: null, isGone };
  const { phase, heldPhase, desired, reason } = rollout;
  return {
    deploymentId: row.id,
    rollout: {
      id: rollout.id,
      isEnding: GOING_BACK.has(phase) || GOING_BACK.has(heldPhase ?? "") || ENDING.has(desired),
      isSwitched: isSwitched(rollout, pointerOf(row)),
      held: phase === "held" && reason !== null ? heldFor(reason) : null,
    },
    isGone,
  };
}

const heldFor = ({ code, detail }: { readonly code: string; readonly detail: string }): string =>
  `${Object.hasOwn(reasons, code) ? reasons[code as keyof typeof reasons].summary : code}${detail === "" ? "" : ` (${detail})`}`;

async function take(
  context: ControlContext,
  claim: ClaimedOffBoarding,
  move: OffBoardingMove,
  dueInMs: number,
): Promise<void> {
  const { pool, options } = context;
  const scope = { tenantId: claim.tenantId };
  switch (move.kind) {
    case "take-apart":
      return takeApart(context, claim, move.deploymentId);
    case "enter":
      return inTransaction(pool, scope, (sql) => enter(sql, context, claim, move.phase));
    case "wait":
      return inTransaction(pool, scope, (sql) => wait(sql, context, claim, { move, dueInMs }));
    case "revoke":
      return inTransaction(pool, scope, (sql) => revokeEverything(sql, options.newId, claim));
    case "erase":
    case "none":
      return undefined;
  }
}

const ENTER = `
  UPDATE off_boarding SET phase = $3, waits_for = NULL, due_at = NULL, phase_since = clock_timestamp() WHERE tenant_id = $1 AND id = $2`;

async function enter(sql: Sql, { options }: ControlContext, claim: ClaimedOffBoarding, phase: string): Promise<void> {
  const before = await fencedRow(sql, claim);
  await sql.run(ENTER, [claim.tenantId, claim.id, phase]);
  const closing = new ClosingWrites(sql, claim.tenantId);
  const object = offBoardingObject(claim.id);
  closing.audit({ ...WORKER, action: "off-boarding.phase-entered", object, before: before.phase, after: phase }, null);
  await closing.write(options.newId);
}

const WORKER = { actor: "system:worker", via: "worker" } as const;
const WAIT = `
  UPDATE off_boarding SET waits_for = $3::jsonb, due_at = clock_timestamp() + $4::float8 * interval '1 millisecond', lease_owner = NULL,
    lease_until = NULL
  WHERE tenant_id = $1 AND id = $2`;

/** Gives the claim back. What it waits for is audited when it is something else than before. */
async function wait(
  sql: Sql,
  { options }: ControlContext,
  claim: ClaimedOffBoarding,
  { move, dueInMs }: { readonly move: OffBoardingMove & { kind: "wait" }; readonly dueInMs: number },
): Promise<void> {
  const before = await fencedRow(sql, claim);
  const { nextAction } = offBoardingWaits[move.code];
  await sql.run(WAIT, [claim.tenantId, claim.id, json({ code: move.code, detail: move.detail, nextAction }), dueInMs]);
  if (before.waits_for?.code === move.code) return;
  const closing = new ClosingWrites(sql, claim.tenantId);
  const object = offBoardingObject(claim.id);
  closing.audit(
    { ...WORKER, action: "off-boarding.waited", object, after: { phase: before.phase }, reason: move.code },
    null,
  );
  await closing.write(options.newId);
}

const LAST = `
  SELECT bundle_hash AS "bundleHash", target_slot AS "targetSlot" FROM rollout
  WHERE tenant_id = $1 AND deployment_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1`;

/** Ends what goes on at a deployment, or begins its removal: under the deployment's lock and this off-boarding's fence at once. */
function takeApart(context: ControlContext, claim: ClaimedOffBoarding, deploymentId: string): Promise<void> {
  const actor: Actor = {
    tenantId: claim.tenantId,
    subject: `off-boarding:${claim.id}`,
    roles: ["operator"],
    via: "worker",
    requestId: claim.id,
  };
  return changeDeployment(context, actor, deploymentId, async (change) => {
    await fencedRow(change.sql, claim);
    const { pointer, slots, rollout } = change.transaction;
    const last = await change.sql.row<{ bundleHash: string; targetSlot: "blue" | "green" }>(LAST, [
      claim.tenantId,
      deploymentId,
    ]);
    const live = rollout !== null && isLive(rollout) ? rollout : null;
    const decision = decideRemoval({ pointer, slots, rollout: live }, last, "the tenant leaves");
    if (decision.kind === "refused") throw refusedBy(decision, rollout?.phase ?? null);
    if (decision.kind === "start") await begin(context, actor, change, { ...decision, deploymentId });
    else if (decision.kind === "end-live") await endLive(change, actor, { ...decision, deploymentId });
    else if (decision.kind === "roll-back") await rollBack(change, actor, deploymentId, "the tenant leaves");
    else if (decision.kind === "nothing")
      throw new AppError("internal", "A deployment without rollouts is bound to vendor objects.", {
        details: { deploymentId },
      });
  });
}

type Decision<Kind extends string> = Extract<ReturnType<typeof decideRemoval>, { kind: Kind }> & {
  readonly deploymentId: string;
};

async function begin(context: ControlContext, actor: Actor, change: LockedChange, decision: Decision<"start">) {
  const { event, auditAction, rollout, deploymentId } = decision;
  change.transaction.fence();
  await insertRollout(context, actor, change, {
    deploymentId,
    planId: null,
    planHash: null,
    ...rollout,
    event,
    auditAction,
  });
}

async function endLive(change: LockedChange, actor: Actor, decision: Decision<"end-live">): Promise<void> {
  const { deploymentId, auditAction: action } = decision;
  change.transaction.fence();
  await writeRolloutChange(change, decision);
  change.transaction.closing.notifyWork({ tenantId: actor.tenantId ?? "", deploymentId, commandId: null });
  const object = `deployment/${deploymentId}`;
  account(change, actor, { action, object, after: { ...decision.rollout }, reason: null, deploymentId });
}
