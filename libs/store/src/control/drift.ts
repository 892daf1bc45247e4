import { openDrift } from "@tandem/domain/drift";
import type { Overlay } from "@tandem/domain/tenant";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { DriftReport, DriftWish } from "@tandem/ports/store/drift";
import { entryOf } from "../audit/facts.ts";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import {
  DECISIONS_IN_FORCE,
  driftDecisionOf,
  type DriftDecisionRow,
  driftLookOf,
  type DriftLookRow,
} from "../rows/drift-row.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { NO_SLOT } from "../rows/slot-row.ts";
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

const LOOK = "SELECT l.*, clock_timestamp() AS now FROM drift_look l WHERE l.tenant_id = $1 AND l.deployment_id = $2";
const LOOKS = `
  SELECT l.*, d.name FROM drift_look l JOIN deployment d ON d.tenant_id = l.tenant_id AND d.id = l.deployment_id
  WHERE l.tenant_id = $1 AND l.told <> '[]' AND ($2::uuid IS NULL OR l.deployment_id < $2) ORDER BY l.deployment_id DESC LIMIT $3`;
const DECISION = "SELECT * FROM drift_decision WHERE tenant_id = $1 AND id = $2";
const IS_DEPLOYMENT = "SELECT overlay FROM deployment WHERE tenant_id = $1 AND id = $2";
const REPLACE = `
  UPDATE drift_decision SET ended_at = clock_timestamp()
  WHERE tenant_id = $1 AND deployment_id = $2 AND slot = $3 AND address = $4 AND ended_at IS NULL`;
const INSERT = `
  INSERT INTO drift_decision (tenant_id, id, deployment_id, address, slot, answer, paths, adopted_hash, until, reason, decided_by, plan_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12) RETURNING *`;
const PUT_OVERLAY = `
  UPDATE deployment SET overlay = $3::jsonb, config_version = config_version + 1
  WHERE tenant_id = $1 AND id = $2 AND config_version = $4`;

type Methods = Pick<ControlStore, "drift" | "listDrift" | "decideDrift">;

export function driftMethods(context: ControlContext): Methods {
  return {
    drift: async (actor, deploymentId) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(deploymentId)) return null;
      return inActorsTenant(context, actor, (sql) => readReport(sql, tenantId, deploymentId));
    },
    listDrift: async (actor, page) => {
      const [tenantId, before] = [requireTenant(actor), cursorText(page, UUID)];
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<DriftLookRow & { name: string; looked_at: Timestamp }>(LOOKS, [tenantId, before, pageSize(page)]),
      );
      return toPage(rows, page, summaryOf, (row) => row.deployment_id);
    },
    decideDrift: async (actor, deploymentId, wish) => {
      const key = { tenantId: requireTenant(actor), deploymentId, id: effectIdOf(context, actor) };
      return inActorsTenant(context, actor, (sql) => decideOnce(context, actor, { sql, key, wish }));
    },
  };
}

async function readReport(sql: Sql, tenantId: string, deploymentId: string): Promise<DriftReport | null> {
  if ((await sql.row(IS_DEPLOYMENT, [tenantId, deploymentId])) === null) return null;
  const decisions = (await sql.rows<DriftDecisionRow>(DECISIONS_IN_FORCE, [tenantId, deploymentId])).map(
    driftDecisionOf,
  );
  const row = await sql.row<DriftLookRow & { now: Date }>(LOOK, [tenantId, deploymentId]);
  const look = row === null ? null : driftLookOf(row);
  return {
    deploymentId,
    look,
    decisions,
    open: look === null || row === null ? [] : openDrift(look, decisions, row.now.getTime()),
    nextLookAt: row === null ? null : instantOf(row.due_at),
  };
}

const summaryOf = (row: DriftLookRow & { name: string; looked_at: Timestamp }) => ({
  deploymentId: row.deployment_id,
  name: row.name,
  lookedAt: instantOf(row.looked_at),
  complete: row.complete,
  open: row.told,
  nextLookAt: instantOf(row.due_at),
});

interface Request {
  readonly sql: Sql;
  readonly key: { readonly tenantId: string; readonly deploymentId: string; readonly id: string };
  readonly wish: DriftWish;
}

/** Doing the same request again finds what it made. */
async function decideOnce(context: ControlContext, actor: Actor, request: Request) {
  const { sql, key, wish } = request;
  const made = await sql.row<DriftDecisionRow>(DECISION, [key.tenantId, key.id]);
  if (made !== null) return driftDecisionOf(made);
  if (!UUID.test(key.deploymentId) || (await sql.row(IS_DEPLOYMENT, [key.tenantId, key.deploymentId])) === null)
    throw new AppError("not_found", "There is no such deployment.");
  const closing = new ClosingWrites(sql, key.tenantId);
  if (wish.overlay !== undefined) await adoptInto(closing, actor, request, wish.overlay);
  const slot = wish.slot ?? NO_SLOT;
  await sql.run(REPLACE, [key.tenantId, key.deploymentId, slot, wish.address]);
  const row = await sql.row<DriftDecisionRow>(INSERT, [
    key.tenantId,
    key.id,
    key.deploymentId,
    wish.address,
    slot,
    wish.answer,
    json(wish.paths),
    wish.adoptedHash ?? null,
    wish.until,
    wish.reason,
    actor.subject,
    wish.planId ?? null,
  ]);
  if (row === null) throw new AppError("internal", "The decision just written is not there.");
  const { address, answer, paths, until } = wish;
  closing.audit(
    entryOf(actor, {
      action: `drift.${answer}`,
      object: `deployment/${key.deploymentId}`,
      after: { id: key.id, address, slot, paths: [...paths], until },
      reason: wish.reason,
    }),
    actor.requestId,
  );
  await closing.write(context.options.newId);
  return driftDecisionOf(row);
}

/** The observed values as configuration of the deployment: a change that everybody sees, in effect with the next rollout. */
async function adoptInto(
  closing: ClosingWrites,
  actor: Actor,
  { sql, key: { tenantId, deploymentId } }: Request,
  { values, expectedVersion }: NonNullable<DriftWish["overlay"]>,
): Promise<void> {
  const before = await sql.row<{ overlay: Overlay }>(IS_DEPLOYMENT, [tenantId, deploymentId]);
  const changed = await sql.run(PUT_OVERLAY, [tenantId, deploymentId, json(values), expectedVersion]);
  if (changed === 0) throw new AppError("precondition_failed", "The configuration changed since it was read.");
  closing.notify("pointer", deploymentId);
  closing.audit(
    entryOf(actor, {
      action: "deployment.configured",
      object: `deployment/${deploymentId}`,
      before: { overlay: before?.overlay ?? {} },
      after: { overlay: values },
      reason: "adopts what drifted at the vendor",
    }),
    actor.requestId,
  );
}
