import { AppError } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { FleetRequests, FleetRolloutDetail } from "@tandem/ports/store/fleet";
import {
  type ControlContext,
  cursorText,
  inActorsTenant,
  pageSize,
  requirePlatform,
  requireTenant,
  toPage,
  UUID,
} from "../control/context.ts";
import type { Sql } from "../database/sql.ts";
import { cohortMethods } from "./cohort.ts";
import { presentPlan, readPlan } from "./fleet-plan.ts";
import { readFleet } from "./fleet-reads.ts";
import { requestOfFleet, skipMembers } from "./fleet-requests.ts";
import { fleetOf, type FleetRow, memberOf, type MemberRow } from "./fleet-row.ts";
import { inFleet } from "./fleet-scope.ts";
import { startFleet } from "./fleet-start.ts";

const LIST = "SELECT * FROM fleet_rollout WHERE ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2";
const NAMED = `
  SELECT m.*, t.slug AS tenant, d.name FROM fleet_member m
  JOIN tenant t ON t.id = m.tenant_id
  JOIN deployment d ON d.tenant_id = m.tenant_id AND d.id = m.deployment_id`;
const MEMBERS = `${NAMED}
  WHERE m.fleet_rollout_id = $1 AND ($2::text IS NULL OR m.state = $2)
    AND ($3::int IS NULL OR (m.wave_position, m.ordinal) > ($3, $4))
  ORDER BY m.wave_position, m.ordinal LIMIT $5`;
const OWN = `${NAMED}
  WHERE m.tenant_id = $1 AND ($2::uuid IS NULL OR m.rollout_id < $2) ORDER BY m.rollout_id DESC LIMIT $3`;
const PLACE = /^\d{1,9}:\d{1,9}$/;

/** The API's part in fleet rollouts. */
export function fleetMethods(context: ControlContext): FleetRequests {
  return {
    ...platformMethods(context),
    ...cohortMethods(context),
    memberships: async (actor, page) => {
      const [tenantId, before] = [requireTenant(actor), cursorText(page, UUID)];
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<MemberRow>(OWN, [tenantId, before, pageSize(page)]),
      );
      return toPage(rows, page, memberOf, (row) => row.rollout_id);
    },
  };
}

type PlatformMethods = Omit<FleetRequests, "memberships" | "setCohort" | "cohort" | "tagTenant">;

function platformMethods(context: ControlContext): PlatformMethods {
  const asPlatform = async <Result>(actor: Actor, work: (sql: Sql) => Promise<Result>): Promise<Result> => {
    requirePlatform(actor);
    return inFleet(context.pool, work);
  };
  return {
    planFleet: (actor, wish) => asPlatform(actor, async (sql) => presentPlan(await readPlan(sql, wish), wish)),
    startFleet: (actor, wish, hash) =>
      asPlatform(actor, async (sql) => present(sql, await startFleet(context, actor, sql, { wish, hash }))),
    listFleets: (actor, page) =>
      asPlatform(actor, async (sql) => {
        const rows = await sql.rows<FleetRow>(LIST, [cursorText(page, UUID), pageSize(page)]);
        return toPage(rows, page, fleetOf, (row) => row.id);
      }),
    fleet: (actor, id) => asPlatform(actor, async (sql) => (UUID.test(id) ? readFleet(sql, id) : null)),
    fleetMembers: (actor, id, { state }, page) =>
      asPlatform(actor, async (sql) => {
        await present(sql, id);
        const [wave = null, ordinal = null] = cursorText(page, PLACE)?.split(":").map(Number) ?? [];
        const rows = await sql.rows<MemberRow>(MEMBERS, [id, state, wave, ordinal, pageSize(page)]);
        return toPage(rows, page, memberOf, (row) => `${row.wave_position}:${row.ordinal}`);
      }),
    requestOfFleet: (actor, id, ask, reason) =>
      asPlatform(actor, async (sql) => {
        await requestOfFleet(context, actor, sql, { id, ask, reason });
        return present(sql, id);
      }),
    skipMembers: (actor, id, which, reason) =>
      asPlatform(actor, (sql) => skipMembers(context, actor, sql, { id, which, reason })),
  };
}

async function present(sql: Sql, id: string): Promise<FleetRolloutDetail> {
  const found = UUID.test(id) ? await readFleet(sql, id) : null;
  if (found === null) throw new AppError("not_found", "There is no such fleet rollout.", { details: { id } });
  return found;
}
