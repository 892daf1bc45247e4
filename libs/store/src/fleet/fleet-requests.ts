import {
  decideFleetRequest,
  decideSkip,
  type FleetReason,
  type FleetState,
  type MemberState,
} from "@tandem/domain/fleet";
import { AppError, type Json } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { FleetRequests } from "@tandem/ports/store/fleet";
import { entryOf } from "../audit/facts.ts";
import { type ControlContext, UUID } from "../control/context.ts";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { fleetObject } from "./fleet-scope.ts";

type Ask = Parameters<FleetRequests["requestOfFleet"]>[2];
type Which = Parameters<FleetRequests["skipMembers"]>[2];

/** What a person's request finds, under the row's lock. */
interface AskedFleet {
  readonly state: FleetState;
  readonly reason: FleetReason | null;
  readonly wave_position: number;
}

const LOCK = "SELECT state, reason, wave_position FROM fleet_rollout WHERE id = $1 FOR UPDATE";
/** Whatever worker holds it is fenced off and looks anew, at once. */
const CHANGE = `
  UPDATE fleet_rollout SET state = $2, reason = $3::jsonb, aborts_running = aborts_running OR $4,
    lease_epoch = lease_epoch + 1, lease_owner = NULL, lease_until = NULL, due_at = clock_timestamp()
  WHERE id = $1`;
const TAKE_BACK = `
  UPDATE fleet_member SET state = 'pending' WHERE fleet_rollout_id = $1 AND state = 'beginning'`;
// Failures as the budget counts them.
const ACCEPT = `
  UPDATE fleet_wave w SET accepted_failures = (SELECT count(*) FROM fleet_member m
    WHERE m.fleet_rollout_id = w.fleet_rollout_id AND m.wave_position = w.position
      AND (m.state IN ('rolled-back', 'aborted', 'failed', 'blocked') OR (m.state = 'overdue' AND m.reason = 'held')))
  WHERE w.fleet_rollout_id = $1 AND w.position = $2`;
const NAMED = `
  SELECT state FROM fleet_member WHERE fleet_rollout_id = $1 AND tenant_id = $2 AND deployment_id = $3 FOR UPDATE`;
const SKIP = `
  UPDATE fleet_member SET state = 'skipped', reason = 'skip-asked', detail = $4, due_at = NULL, ended_at = clock_timestamp()
  WHERE fleet_rollout_id = $1 AND tenant_id = $2 AND ($3::uuid IS NULL OR deployment_id = $3)
    AND state IN ('pending', 'waiting')`;
const WAKE = "UPDATE fleet_rollout SET due_at = clock_timestamp() WHERE id = $1 AND state = 'running'";

const gone = (id: string) => new AppError("not_found", "There is no such fleet rollout.", { details: { id } });

async function locked(sql: Sql, id: string): Promise<AskedFleet> {
  const row = UUID.test(id) ? await sql.row<AskedFleet>(LOCK, [id]) : null;
  if (row === null) throw gone(id);
  return row;
}

export async function requestOfFleet(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  asked: { readonly id: string; readonly ask: Ask; readonly reason: string | null },
): Promise<void> {
  const { id, ask, reason } = asked;
  const before = await locked(sql, id);
  const decision = decideFleetRequest(before, ask.kind, reason ?? "");
  if (decision.kind === "refused")
    throw new AppError(decision.error, decision.text, { details: { reason: decision.reason, state: before.state } });
  const abortsRunning = ask.kind === "abort" && ask.abortsRunning;
  await sql.run(CHANGE, [id, decision.state, json(decision.reason), abortsRunning]);
  if (decision.takesBack) await sql.run(TAKE_BACK, [id]);
  if (decision.acceptsFailures) await sql.run(ACCEPT, [id, before.wave_position]);
  await account(context, actor, sql, {
    action: `fleet-rollout.${ask.kind}-asked`,
    id,
    before: { state: before.state },
    after: { state: decision.state, abortsRunning },
    reason,
  });
}

export async function skipMembers(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  asked: { readonly id: string; readonly which: Which; readonly reason: string },
): Promise<number> {
  const { id, which, reason } = asked;
  const { state } = await locked(sql, id);
  if (which.deploymentId !== null) await requireSkippable(sql, id, { ...which, deploymentId: which.deploymentId });
  const skipped = await sql.run(SKIP, [id, which.tenantId, which.deploymentId, reason]);
  if (skipped === 0)
    throw new AppError("fleet_refused", "The tenant has no member here that has not begun.", {
      details: { reason: "nothing-to-skip", state },
    });
  await sql.run(WAKE, [id]);
  await account(context, actor, sql, {
    action: "fleet-rollout.members-skipped",
    id,
    after: { ...which, skipped },
    reason,
  });
  return skipped;
}

async function requireSkippable(
  sql: Sql,
  id: string,
  { tenantId, deploymentId }: { readonly tenantId: string; readonly deploymentId: string },
): Promise<void> {
  const row = await sql.row<{ state: MemberState }>(NAMED, [id, tenantId, deploymentId]);
  if (row === null) throw new AppError("not_found", "The deployment is no member of this fleet rollout.");
  const refusal = decideSkip(row.state);
  if (refusal !== null)
    throw new AppError("fleet_refused", refusal.text, { details: { reason: refusal.reason, state: row.state } });
}

/** Audit row and message to the outside. */
async function account(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  facts: { action: string; id: string; before?: Json; after: Json; reason: string | null },
): Promise<void> {
  const { action, id, reason, ...values } = facts;
  const closing = new ClosingWrites(sql, PLATFORM_TENANT_ID);
  const object = fleetObject(id);
  closing.audit(entryOf(actor, { action, object, ...values, ...(reason !== null && { reason }) }), actor.requestId);
  closing.enqueue(action, { object, actor: actor.subject });
  await closing.write(context.options.newId);
}
