import {
  type DeploymentHealth,
  type HealthWord,
  openIncident,
  severityOf,
  type Stack,
  type StackHealth,
} from "@tandem/domain/incident";
import { AppError, type NewId } from "@tandem/kernel";
import type { HealthLooks } from "@tandem/ports/store/incidents";
import type pg from "pg";
import { json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { readHealth } from "./health.ts";
import { insertIncident } from "./incident-rows.ts";

const FIND_DUE = `
  SELECT d.tenant_id AS "tenantId", d.id AS "deploymentId" FROM deployment d
  LEFT JOIN stack_health h ON h.tenant_id = d.tenant_id AND h.deployment_id = d.id
  WHERE d.pointer_active <> 'none' AND (h.due_at IS NULL OR h.due_at <= clock_timestamp())
  ORDER BY h.due_at NULLS FIRST, d.id LIMIT $1`;
const CLAIM = `
  INSERT INTO stack_health (tenant_id, deployment_id, due_at)
  VALUES ($1, $2, clock_timestamp() + $3::float8 * (0.9 + random() * 0.2) * interval '1 millisecond')
  ON CONFLICT (tenant_id, deployment_id) DO UPDATE SET due_at = excluded.due_at WHERE stack_health.due_at <= clock_timestamp()`;
const KEEP = `
  INSERT INTO stack_health (tenant_id, deployment_id, due_at, looked_at, words) VALUES ($1, $2, clock_timestamp(), $3, $4::jsonb)
  ON CONFLICT (tenant_id, deployment_id) DO UPDATE SET looked_at = excluded.looked_at, words = excluded.words
  WHERE stack_health.looked_at IS NULL OR stack_health.looked_at < excluded.looked_at`;
const IS_QUIET = `
  SELECT 1 FROM incident
  WHERE tenant_id = $1 AND deployment_id = $2 AND opened_stack = $3
    AND (state <> 'resolved' OR resolved_at > clock_timestamp() - $4::float8 * interval '1 millisecond') LIMIT 1`;

const WORKER = { actor: "system:worker", via: "worker" } as const;

/** The worker's looks at health. */
export function healthLooks(pool: pg.Pool, newId: NewId): HealthLooks {
  return {
    claimHealthLooks: (intervalMs, limit) => claimHealthLooks(pool, intervalMs, limit),
    lookAtHealth: (tenantId, deploymentId, { windowMs, quietMs }) =>
      inTransaction(pool, { tenantId }, async (sql) => {
        const health = await readHealth(sql, tenantId, deploymentId, windowMs);
        if (health === null) throw new AppError("not_found", "The deployment is gone.");
        const words = wordsOf(health);
        await sql.run(KEEP, [tenantId, deploymentId, health.to, json(words)]);
        const closing = new ClosingWrites(sql, tenantId);
        for (const stack of health.stacks.filter(({ word }) => word === "failing"))
          await openFor(sql, closing, { tenantId, deploymentId, stack, health, quietMs, newId });
        await closing.write(newId);
        return words;
      }),
  };
}

async function claimHealthLooks(pool: pg.Pool, intervalMs: number, limit: number) {
  const due = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ tenantId: string; deploymentId: string }>(FIND_DUE, [limit]),
  );
  const claimed: typeof due = [];
  for (const one of due) {
    const { tenantId, deploymentId } = one;
    const rows = await inTransaction(pool, { tenantId }, (sql) => sql.run(CLAIM, [tenantId, deploymentId, intervalMs]));
    if (rows > 0) claimed.push(one);
  }
  return claimed;
}

const wordsOf = ({ stacks }: DeploymentHealth): Record<Stack, HealthWord> =>
  Object.fromEntries(stacks.map(({ stack, word }) => [stack, word])) as Record<Stack, HealthWord>;

interface Opening {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly stack: StackHealth;
  readonly health: DeploymentHealth;
  readonly quietMs: number;
  readonly newId: NewId;
}

/** One per deployment and stack; none for a while after one was resolved: whoever resolved it knows. */
async function openFor(sql: Sql, closing: ClosingWrites, opening: Opening): Promise<void> {
  const { tenantId, deploymentId, stack, health, quietMs, newId } = opening;
  if ((await sql.row(IS_QUIET, [tenantId, deploymentId, stack.stack, quietMs])) !== null) return;
  const [id, severity, summary] = [newId(), severityOf(stack), summaryOf(stack)];
  const incident = openIncident({ severity, summary, suspected: stack.stack }, Date.parse(health.to));
  const payload = { severity, summary, stack: stack.stack, health: JSON.parse(JSON.stringify(health)) };
  const event = { type: "opened", actor: WORKER.actor, effectId: id, payload } as const;
  if (!(await insertIncident(sql, { tenantId, id }, incident, { deploymentId, stack: stack.stack, event }))) return;
  const object = `incident/${id}`;
  closing.enqueue("incident.opened", {
    deploymentId,
    object,
    actor: WORKER.actor,
    severity,
    stack: stack.stack,
    summary,
  });
  closing.audit({ ...WORKER, action: "incident.opened", object, after: { deploymentId, severity, summary } }, null);
}

/** The figures that are failing, in a sentence. */
function summaryOf({ stack, figures }: StackHealth): string {
  const failing = figures.filter(({ word }) => word === "failing");
  return `${stack}: ${failing.map(({ count, of, meaning }) => `${count} of ${of} ${meaning}`).join("; ")}`;
}
