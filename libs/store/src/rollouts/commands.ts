import type { Plan } from "@tandem/domain/plan";
import type { Json, NewId } from "@tandem/kernel";
import type { Command, CommandStore } from "@tandem/ports/store/rollouts";
import type pg from "pg";
import { readSealedCredential } from "../credentials.ts";
import { json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { driftLooks } from "../drift/looks.ts";
import { savePlan } from "../journal/plan-writes.ts";
import { type ConnectionRow, connectionOf } from "../rows/connection-row.ts";
import { busiestCalls } from "./busiest-calls.ts";
import { readView, type ViewCaches } from "./view.ts";

/** A command that so many workers took and none finished is given up. */
const MOST_ATTEMPTS = 5;

const FIND_PENDING = `
  SELECT tenant_id, id FROM command
  WHERE state = 'pending' AND (claimed_until IS NULL OR claimed_until < clock_timestamp()) ORDER BY created_at LIMIT $1`;
const CLAIM = `
  UPDATE command SET claimed_by = $3, claimed_until = clock_timestamp() + $4::float8 * interval '1 millisecond', attempts = attempts + 1
  WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
  RETURNING id, tenant_id AS "tenantId", kind, subject_id AS "subjectId", bundle_hash AS "bundleHash", requested_by AS "requestedBy", input, attempts`;
const FINISH = `
  UPDATE command SET state = $3, result = $4::jsonb, code = $5, detail = $6, finished_at = clock_timestamp()
  WHERE tenant_id = $1 AND id = $2 AND state = 'pending'`;
const CONNECTION = "SELECT * FROM connection WHERE tenant_id = $1 AND id = $2";

export function commandStore(pool: pg.Pool, caches: ViewCaches, newId: NewId): CommandStore {
  const within = <Result>(tenantId: string, work: (sql: Sql) => Promise<Result>) =>
    inTransaction(pool, { tenantId }, work);
  return {
    claimCommands: (workerId, limit, leaseMs) => claimCommands(pool, workerId, { limit, leaseMs }),
    commandView: (command) =>
      within(command.tenantId, (sql) =>
        readView(sql, caches, { tenantId: command.tenantId, deploymentId: command.subjectId }, command.bundleHash),
      ),
    connection: (tenantId, connectionId) =>
      within(tenantId, async (sql) => {
        const row = await sql.row<ConnectionRow>(CONNECTION, [tenantId, connectionId]);
        return row === null ? null : connectionOf(row);
      }),
    sealedCredential: (tenantId, connectionId) => readSealedCredential(pool, tenantId, connectionId),
    ...driftLooks(pool, newId),
    busiestCalls: (tenantId, connectionId, days) =>
      within(tenantId, (sql) => busiestCalls(sql, tenantId, connectionId, days)),
    finishPlan: (command, plan) => within(command.tenantId, (sql) => finishPlan(sql, command, plan)),
    finishCheck: (command, result) =>
      within(command.tenantId, (sql) => finish(sql, command, { state: "done", result })),
    failCommand: (command, code, detail) =>
      within(command.tenantId, (sql) => finish(sql, command, { state: "failed", code, detail })),
  };
}

async function claimCommands(
  pool: pg.Pool,
  workerId: string,
  lease: { limit: number; leaseMs: number },
): Promise<readonly Command[]> {
  const pending = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ tenant_id: string; id: string }>(FIND_PENDING, [lease.limit]),
  );
  const claimed: Command[] = [];
  for (const { tenant_id: tenantId, id } of pending) {
    const command = await inTransaction(pool, { tenantId }, (sql) =>
      claimOne(sql, [tenantId, id, workerId, lease.leaseMs]),
    );
    if (command !== null) claimed.push(command);
  }
  return claimed;
}

async function claimOne(sql: Sql, parameters: readonly [string, string, string, number]): Promise<Command | null> {
  const row = await sql.row<Command & { attempts: number }>(CLAIM, parameters);
  if (row === null) return null;
  const { attempts, ...command } = row;
  if (attempts <= MOST_ATTEMPTS) return command;
  await finish(sql, command, {
    state: "failed",
    code: "internal",
    detail: `Given up after ${MOST_ATTEMPTS} attempts.`,
  });
  return null;
}

/** The plan is kept under the command's id, which is the id the API answered with. */
async function finishPlan(sql: Sql, command: Command, plan: Plan): Promise<void> {
  await savePlan(sql, { ...plan, id: command.id });
  await finish(sql, command, { state: "done", result: null });
}

type Ending = { state: "done"; result: Json } | { state: "failed"; code: string; detail: string };

/** The first ending counts; a worker that comes later changes nothing. */
async function finish(sql: Sql, command: Command, ending: Ending): Promise<void> {
  const [result, code, detail] =
    ending.state === "done" ? [json(ending.result), null, null] : [null, ending.code, ending.detail];
  await sql.run(FINISH, [command.tenantId, command.id, ending.state, result, code, detail]);
}
