import type { JsonObject, NewId } from "@tandem/kernel";
import type { ClaimedOffBoarding } from "@tandem/ports/store/tenant-life";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { becomeIn } from "./both-chains.ts";
import { fencedRow, offBoardingObject } from "./off-boarding-row.ts";

const REVOKE_KEYS = "UPDATE api_key SET revoked_at = clock_timestamp() WHERE tenant_id = $1 AND revoked_at IS NULL";
const REVOKE_CREDENTIALS = `
  UPDATE credential_version SET state = 'revoked', sealed = '', detail = 'the tenant left', changed_at = clock_timestamp()
  WHERE tenant_id = $1 AND state NOT IN ('revoked', 'refused')`;
const TOLD = `
  SELECT e.payload FROM rollout_event e WHERE e.tenant_id = $1 AND e.type = 'removal-planned' ORDER BY e.rollout_id, e.seq`;
const RESTORED = `
  SELECT count(*)::int AS count FROM step s JOIN rollout r ON r.tenant_id = s.tenant_id AND r.id = s.rollout_id
  WHERE s.tenant_id = $1 AND s.stage = 'attach' AND s.state = 'done' AND s.operation ->> 'planHash' = ''
    AND r.created_by LIKE 'off-boarding:%'`;
const DEPLOYMENTS = "SELECT count(*)::int AS count FROM deployment WHERE tenant_id = $1";
const HAS_LEFT = "UPDATE tenant SET status = 'offboarded' WHERE id = $1";
const ENTER = `
  UPDATE off_boarding SET phase = 'erasing', waits_for = NULL, due_at = NULL, phase_since = clock_timestamp(), found = $3::jsonb
  WHERE tenant_id = $1 AND id = $2`;

interface Told {
  readonly removed: readonly JsonObject[];
  readonly kept: readonly JsonObject[];
}

/** The point of no return: keys and credentials are gone, the tenant has left, and what was done at vendors is noted for the report. */
export async function revokeEverything(sql: Sql, newId: NewId, claim: ClaimedOffBoarding): Promise<void> {
  const { tenantId, id } = claim;
  const before = await fencedRow(sql, claim);
  const told = (await sql.rows<{ payload: Told }>(TOLD, [tenantId])).map(({ payload }) => payload);
  const countOf = async (text: string) => (await sql.row<{ count: number }>(text, [tenantId]))?.count ?? 0;
  const found = {
    deployments: await countOf(DEPLOYMENTS),
    numbersRestored: await countOf(RESTORED),
    removed: told.flatMap(({ removed }) => removed),
    kept: told.flatMap(({ kept }) => kept),
    keysRevoked: await sql.run(REVOKE_KEYS, [tenantId]),
    credentialsRevoked: await sql.run(REVOKE_CREDENTIALS, [tenantId]),
    erased: {},
  };
  await sql.run(ENTER, [tenantId, id, json(found)]);
  await becomeIn(sql, tenantId, "tandem_eraser");
  await sql.run(HAS_LEFT, [tenantId]);
  await becomeIn(sql, tenantId, null);
  const closing = new ClosingWrites(sql, tenantId);
  const entry = { actor: "system:worker", via: "worker", action: "off-boarding.phase-entered" } as const;
  closing.audit({ ...entry, object: offBoardingObject(id), before: before.phase, after: "erasing" }, null);
  const revoked = { keys: found.keysRevoked, credentials: found.credentialsRevoked };
  closing.audit({ ...entry, action: "tenant.access-revoked", object: `tenant/${tenantId}`, after: revoked }, null);
  await closing.write(newId);
}
