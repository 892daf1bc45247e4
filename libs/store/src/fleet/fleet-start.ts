import type { WavePlan } from "@tandem/domain/fleet";
import { AppError } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { FleetWish } from "@tandem/ports/store/fleet";
import { entryOf } from "../audit/facts.ts";
import { type ControlContext, effectIdOf } from "../control/context.ts";
import { violatedUnique } from "../database/database-error.ts";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { planHash, type PlanningMember, readPlan } from "./fleet-plan.ts";
import { fleetObject } from "./fleet-scope.ts";

const EXISTING = "SELECT 1 FROM fleet_rollout WHERE id = $1";
const FLEET = `
  INSERT INTO fleet_rollout (tenant_id, id, playbook, version, manifest_hash, selection, policy, patience, state, due_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb, 'running', clock_timestamp(), $9)`;
const WAVES = `
  INSERT INTO fleet_wave (tenant_id, fleet_rollout_id, position, id, name, limits, size)
  SELECT $1, $2, w.position, w.id, w.name, w.limits, w.size
  FROM jsonb_to_recordset($3::jsonb) AS w (position integer, id uuid, name text, limits jsonb, size integer)`;
const MEMBERS = `
  INSERT INTO fleet_member (tenant_id, fleet_rollout_id, deployment_id, playbook, version, wave_position, ordinal, rollout_id)
  SELECT m."tenantId", $1, m."deploymentId", $2, $3, m.position, m.ordinal, m."rolloutId"
  FROM jsonb_to_recordset($4::jsonb) AS m ("tenantId" uuid, "deploymentId" uuid, position integer, ordinal integer, "rolloutId" uuid)`;

/** Writes the fleet rollout with its waves and members, once for each request; answers its id. */
export async function startFleet(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  { wish, hash }: { readonly wish: FleetWish; readonly hash: string | null },
): Promise<string> {
  const id = effectIdOf(context, actor);
  if ((await sql.row(EXISTING, [id])) !== null) return id;
  const plan = await readPlan(sql, wish);
  requireAsPlanned(plan, wish, hash);
  const { playbook } = wish.selection;
  const own = [json(wish.selection), json(wish.policy), json(wish.patience)] as const;
  await sql.run(FLEET, [PLATFORM_TENANT_ID, id, playbook, wish.version, wish.manifestHash, ...own, actor.subject]);
  await sql.run(WAVES, [PLATFORM_TENANT_ID, id, json(wavesOf(context, plan))]);
  const members = json(membersOf(context, plan));
  await sql.run(MEMBERS, [id, playbook, wish.version, members]).catch((error: unknown) => {
    throw violatedUnique(error) === "fleet_member_one_open" ? stale() : error;
  });
  const closing = new ClosingWrites(sql, PLATFORM_TENANT_ID);
  const after = { playbook, version: wish.version, planHash: planHash(plan, wish) };
  closing.audit(entryOf(actor, { action: "fleet-rollout.started", object: fleetObject(id), after }), actor.requestId);
  closing.enqueue("fleet-rollout.started", { object: fleetObject(id), ...after });
  await closing.write(context.options.newId);
  return id;
}

function requireAsPlanned(plan: WavePlan<PlanningMember>, wish: FleetWish, hash: string | null): void {
  if (hash !== null && planHash(plan, wish) !== hash) throw stale();
  if (plan.waves.length === 0)
    throw new AppError("fleet_refused", "No deployment would be moved: make a plan to see why each is left out.", {
      details: { reason: "no-member", state: null },
    });
}

const stale = (): AppError =>
  new AppError("plan_stale", "The fleet has changed since the plan was made.", { details: { moved: ["members"] } });

const wavesOf = ({ options }: ControlContext, plan: WavePlan<PlanningMember>) =>
  plan.waves.map(({ name, limits, members }, position) => ({
    position,
    id: options.newId(),
    name,
    limits,
    size: members.length,
  }));

/** Each member has the id of its rollout before it begins: doing it twice finds what the first time made. */
const membersOf = ({ options }: ControlContext, plan: WavePlan<PlanningMember>) =>
  plan.waves.flatMap(({ members }, position) =>
    members.map(({ tenantId, deploymentId }, ordinal) => ({
      tenantId,
      deploymentId,
      position,
      ordinal,
      rolloutId: options.newId(),
    })),
  );
