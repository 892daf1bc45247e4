import { AppError, type Json } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { TestCallRequests, TestCallView, TestCallWish } from "@tandem/ports/store/test-calls";
import { entryOf } from "../audit/facts.ts";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";
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
import { plainChange } from "./plain-change.ts";

const CREATED_AND_ID = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z [0-9a-f-]{36}$/;
const IS_DEPLOYMENT = "SELECT 1 FROM deployment WHERE tenant_id = $1 AND id = $2";
const INSERT = `
  INSERT INTO command (tenant_id, id, kind, subject_id, requested_by, input) VALUES ($1, $2, 'test-call', $3, $4, $5::jsonb)
  ON CONFLICT DO NOTHING`;
const TEST_CALLS = `
  SELECT id, subject_id, state, requested_by, created_at, finished_at, code, detail, result, input FROM command
  WHERE tenant_id = $1 AND kind = 'test-call'`;
const ONE = `${TEST_CALLS} AND id = $2`;
const LIST = `${TEST_CALLS} AND subject_id = $2 AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
  ORDER BY created_at DESC, id DESC LIMIT $5`;

interface TestCallRow {
  readonly id: string;
  readonly subject_id: string;
  readonly state: TestCallView["state"];
  readonly requested_by: string;
  readonly created_at: Timestamp;
  readonly finished_at: Timestamp | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly result: Json;
  readonly input: TestCallWish;
}

const viewOf = (row: TestCallRow): TestCallView => ({
  id: row.id,
  deploymentId: row.subject_id,
  slot: row.input.slot,
  script: row.input.script,
  state: row.state,
  requestedBy: row.requested_by,
  createdAt: instantOf(row.created_at),
  finishedAt: instantOrNull(row.finished_at),
  code: row.code,
  detail: row.detail,
  result: row.result,
});

/** Scripted calls that a worker places. */
export function testCallMethods(context: ControlContext): Pick<ControlStore, keyof TestCallRequests> {
  const inTenant = <Result>(actor: Actor, work: (sql: Sql, tenantId: string) => Promise<Result>) =>
    inActorsTenant(context, actor, (sql) => work(sql, requireTenant(actor)));
  return {
    requestTestCall: (actor, deploymentId, wish) =>
      inTenant(actor, (sql) => request(context, actor, sql, { deploymentId, wish })),
    recordTalkLink: (actor, deploymentId, slot) =>
      plainChange(context, actor, async ({ sql, audit }) => {
        await requireDeployment(sql, requireTenant(actor), deploymentId);
        audit({ action: "talk-link.made", object: `deployment/${deploymentId}`, after: { slot } });
      }),
    testCall: async (actor, id) => (UUID.test(id) ? inTenant(actor, (sql, tenantId) => read(sql, tenantId, id)) : null),
    testCalls: (actor, deploymentId, page) =>
      inTenant(actor, async (sql, tenantId) => {
        const [createdAt, id] = cursorText(page, CREATED_AND_ID)?.split(" ") ?? [];
        const parameters = [tenantId, deploymentId, createdAt ?? null, id ?? null, pageSize(page)];
        const rows = await sql.rows<TestCallRow>(LIST, parameters);
        return toPage(rows, page, viewOf, (row) => `${instantOf(row.created_at)} ${row.id}`);
      }),
  };
}

async function read(sql: Sql, tenantId: string, id: string): Promise<TestCallView | null> {
  const row = await sql.row<TestCallRow>(ONE, [tenantId, id]);
  return row === null ? null : viewOf(row);
}

async function requireDeployment(sql: Sql, tenantId: string, deploymentId: string): Promise<void> {
  if (!UUID.test(deploymentId) || (await sql.row(IS_DEPLOYMENT, [tenantId, deploymentId])) === null)
    throw new AppError("not_found", "There is no such deployment.");
}

/** The same request again finds what it made. */
async function request(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  { deploymentId, wish }: { readonly deploymentId: string; readonly wish: TestCallWish },
): Promise<TestCallView> {
  const [tenantId, id] = [requireTenant(actor), effectIdOf(context, actor)];
  await requireDeployment(sql, tenantId, deploymentId);
  const added = await sql.run(INSERT, [tenantId, id, deploymentId, actor.subject, json(wish)]);
  if (added > 0) {
    const closing = new ClosingWrites(sql, tenantId);
    closing.notifyWork({ tenantId, deploymentId: null, commandId: id });
    const entry = { action: "test-call.requested", object: `deployment/${deploymentId}`, after: { id, ...wish } };
    closing.audit(entryOf(actor, entry), actor.requestId);
    await closing.write(context.options.newId);
  }
  const made = await read(sql, tenantId, id);
  if (made === null)
    throw new AppError("conflict", "A test call to this deployment is under way: wait until it has ended.");
  return made;
}
