import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerRow } from "@tandem/sandbox-host";
import type { Office } from "../e2e/harness/office.ts";
import { checkTables } from "../crash/check.ts";
import { readTables, type Tables } from "../crash/tables.ts";
import type { City } from "./city.ts";
import type { AcknowledgedWrite } from "./measures.ts";
import { calmWayBack } from "./traffic.ts";

/** What calls and smoke tests make, and the calls themselves: no configured objects. */
const PASSING = new Set(["event", "contact", "note", "deal", "association"]);
const CALLS = new Set(["voice-agent.call", "telephony.call"]);
const REST_MS = 120_000;

/** Waits until every rollout has ended (holds are resumed as a person would), then says what is wrong, tenant by tenant. */
export async function checkCity(city: City): Promise<string[]> {
  const violations = [
    ...city.measures.violations,
    ...(await comeToRest(city)),
    ...(await calmWayBack(city)),
    ...(await comeToRest(city)),
  ];
  for (const office of city.offices) {
    const tables = await readTables(city.server, office.tenantId);
    const found = [
      ...checkTables(tables),
      ...objectsAsBound(tables, await office.ledger()),
      ...lostWrites(city.measures.writes, office, tables, await versionOf(city, office)),
    ];
    violations.push(...found.map((text) => `${text} [${office.deployment} of ${office.tenantId}]`));
  }
  return violations;
}

/** I8: with nothing in the way any more, everything ends. */
async function comeToRest(city: City): Promise<string[]> {
  const untilMs = performance.now() + REST_MS;
  for (;;) {
    const live = await city.server.rows<{ id: string; tenantId: string; phase: string }>(
      `SELECT id, tenant_id AS "tenantId", phase FROM rollout WHERE phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')`,
    );
    if (live.length === 0) return [];
    if (performance.now() > untilMs) return live.map(({ id, phase }) => `I8 rollout ${id} stands in ${phase}`);
    for (const { id, tenantId, phase } of live) {
      const office = city.offices.find((each) => each.tenantId === tenantId);
      if (phase === "held" && office !== undefined)
        await city.client.ask(office.api.key, "POST", `/v1/rollouts/${id}/resume`, {});
    }
    await sleep(300);
  }
}

/** I3 against the vendors' own ledger: one object per key, each bound, no binding without its object, nothing left of smoke calls. */
export function objectsAsBound({ bindings }: Tables, ledger: readonly LedgerRow[]): string[] {
  const found: string[] = [];
  const present = new Map<string, LedgerRow>();
  let leftovers = 0;
  for (const row of ledger) {
    if (CALLS.has(row.kind)) continue;
    if (PASSING.has(row.kind)) leftovers += row.effect === "create" ? 1 : row.effect === "delete" ? -1 : 0;
    else if (row.effect === "create") present.set(`${row.vendor} ${row.kind} ${row.objectId}`, row);
    else if (row.effect === "delete") present.delete(`${row.vendor} ${row.kind} ${row.objectId}`);
  }
  const ids = bindings.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]));
  for (const [name, { objectId }] of present)
    if (!ids.some((id) => objectId.endsWith(id))) found.push(`I3 ${name} is an orphan`);
  const held = [...present.values()];
  for (const { address, slot, kind, externalId } of bindings) {
    if (kind === "telephony.number") continue;
    const own = held.filter(({ objectId }) => externalId !== null && objectId.endsWith(externalId));
    if (own.length !== 1) found.push(`I3 ${slot}:${address} is bound to ${own.length} objects`);
  }
  if (leftovers !== 0) found.push(`I3 smoke calls left ${leftovers} records behind`);
  return found;
}

/** I10: what was acknowledged is there. */
function lostWrites(
  writes: readonly AcknowledgedWrite[],
  { tenantId }: Office,
  { rollouts, history }: Tables,
  configVersion: number,
): string[] {
  return writes
    .filter((write) => write.tenantId === tenantId)
    .filter((write) => {
      if (write.what === "rollout") return !rollouts.some(({ id }) => id === write.id);
      if (write.what === "rollback") return !history.some(({ generation }) => generation === write.generation);
      return configVersion < write.version;
    })
    .map((write) => `I10 lost: ${JSON.stringify(write)}`);
}

async function versionOf(city: City, { deploymentId }: Office): Promise<number> {
  const [row] = await city.server.rows<{ version: number }>(
    "SELECT config_version AS version FROM deployment WHERE id = $1",
    [deploymentId],
  );
  return row?.version ?? 0;
}
