import type { ConnectionStanding, ConnectionStandingReads } from "@tandem/ports/store/connection-standings";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";
import { type ControlContext, cursorText, inActorsTenant, pageSize, requireTenant, toPage, UUID } from "./context.ts";

type Credential = NonNullable<ConnectionStanding["credential"]>;
type Test = NonNullable<ConnectionStanding["lastTest"]>;

interface StandingRow {
  readonly id: string;
  readonly version: number | null;
  readonly credential_state: Credential["state"];
  readonly credential_detail: string | null;
  readonly changed_at: Timestamp;
  readonly check_id: string | null;
  readonly test_state: Test["state"];
  readonly requested_by: string;
  readonly created_at: Timestamp;
  readonly finished_at: Timestamp | null;
  readonly result: Test["result"];
  readonly code: string | null;
  readonly detail: string | null;
  readonly deployments: ConnectionStanding["deployments"] | null;
}

const STANDING = `
  SELECT k.id, v.version, v.state AS credential_state, v.detail AS credential_detail, v.changed_at,
    c.id AS check_id, c.state AS test_state, c.requested_by, c.created_at, c.finished_at, c.result, c.code, c.detail, u.deployments
  FROM (SELECT tenant_id, id FROM connection WHERE tenant_id = $1 AND CONDITION ORDER BY id DESC LIMIT $3) k
  LEFT JOIN LATERAL (
    SELECT version, state, detail, changed_at FROM credential_version
    WHERE tenant_id = k.tenant_id AND connection_id = k.id ORDER BY version DESC LIMIT 1) v ON true
  LEFT JOIN LATERAL (
    SELECT id, state, requested_by, created_at, finished_at, result, code, detail FROM command
    WHERE tenant_id = k.tenant_id AND subject_id = k.id AND kind = 'test-connection' ORDER BY id DESC LIMIT 1) c ON true
  LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('name', d.name, 'environment', d.environment, 'roles', d.roles) ORDER BY d.name) AS deployments
    FROM (
      SELECT d.name, d.environment, array_agg(x.role ORDER BY x.role) AS roles
      FROM deployment_connection x JOIN deployment d ON d.tenant_id = x.tenant_id AND d.id = x.deployment_id
      WHERE x.tenant_id = k.tenant_id AND x.connection_id = k.id GROUP BY d.id, d.name, d.environment) d) u ON true
  ORDER BY k.id DESC`;
const LIST = STANDING.replace("CONDITION", "($2::uuid IS NULL OR id < $2)");
const ONE = STANDING.replace("CONDITION", "id = $2");

const standingOf = (row: StandingRow): ConnectionStanding => ({
  connectionId: row.id,
  credential:
    row.version === null
      ? null
      : {
          version: row.version,
          state: row.credential_state,
          detail: row.credential_detail,
          since: instantOf(row.changed_at),
        },
  lastTest:
    row.check_id === null
      ? null
      : {
          checkId: row.check_id,
          state: row.test_state,
          askedBy: row.requested_by,
          askedAt: instantOf(row.created_at),
          finishedAt: instantOrNull(row.finished_at),
          result: row.result,
          code: row.code,
          detail: row.detail,
        },
  deployments: row.deployments ?? [],
});

/** How connections stand, each by index: credential, last test, deployments. */
export function connectionStandingMethods(context: ControlContext): Pick<ControlStore, keyof ConnectionStandingReads> {
  const inTenant = <Result>(actor: Actor, work: (sql: Sql, tenantId: string) => Promise<Result>) =>
    inActorsTenant(context, actor, (sql) => work(sql, requireTenant(actor)));
  return {
    connectionStandings: (actor, page) =>
      inTenant(actor, async (sql, tenantId) => {
        const rows = await sql.rows<StandingRow>(LIST, [tenantId, cursorText(page, UUID), pageSize(page)]);
        return toPage(rows, page, standingOf, (row) => row.id);
      }),
    connectionStanding: async (actor, connectionId) => {
      if (!UUID.test(connectionId)) return null;
      return inTenant(actor, async (sql, tenantId) => {
        const row = await sql.row<StandingRow>(ONE, [tenantId, connectionId, 1]);
        return row === null ? null : standingOf(row);
      });
    },
  };
}
