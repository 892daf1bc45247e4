import type { Json } from "@tandem/kernel";
import type { Actor, ControlStore, IdempotencyClaim } from "@tandem/ports/store/control";
import { json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { type ControlContext, scopeOf, tenantOf } from "./context.ts";

interface KeyRow {
  route: string;
  body_hash: string;
  effect_id: string;
  state: "in-flight" | "done";
  status: number | null;
  body: Json;
  is_stale: boolean;
}

const REMOVE_EXPIRED = `
  DELETE FROM idempotency_key WHERE tenant_id = $1 AND (tenant_id, subject, key) IN (
    SELECT tenant_id, subject, key FROM idempotency_key
    WHERE tenant_id = $1 AND expires_at < clock_timestamp() LIMIT 20 FOR UPDATE SKIP LOCKED)`;
const CLAIM = `
  INSERT INTO idempotency_key (tenant_id, subject, key, route, body_hash, effect_id, state, claimed_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, 'in-flight', clock_timestamp(), clock_timestamp() + $7::float8 * interval '1 millisecond')
  ON CONFLICT (tenant_id, subject, key) DO NOTHING`;
const PRESENT = `
  SELECT route, body_hash, effect_id, state, status, body, claimed_at < clock_timestamp() - $4::float8 * interval '1 millisecond' AS is_stale
  FROM idempotency_key WHERE tenant_id = $1 AND subject = $2 AND key = $3 FOR UPDATE`;
const CLAIM_AGAIN =
  "UPDATE idempotency_key SET claimed_at = clock_timestamp() WHERE tenant_id = $1 AND subject = $2 AND key = $3";
const COMPLETE = `
  UPDATE idempotency_key SET state = 'done', status = $5, body = $6::jsonb
  WHERE tenant_id = $1 AND subject = $2 AND key = $3 AND route = $4 AND state = 'in-flight'`;
const ABANDON =
  "DELETE FROM idempotency_key WHERE tenant_id = $1 AND subject = $2 AND key = $3 AND route = $4 AND state = 'in-flight'";

type Methods = Pick<ControlStore, "claimIdempotency" | "completeIdempotency" | "abandonIdempotency">;

export function idempotencyMethods(context: ControlContext): Methods {
  const within = <Result>(actor: Actor, work: (sql: Sql) => Promise<Result>) =>
    inTransaction(context.pool, scopeOf(actor), work);
  const owner = (actor: Actor, key: string) => [tenantOf(actor), actor.subject, key] as const;
  return {
    claimIdempotency: async (actor, key, route, bodyHash) =>
      within(actor, (sql) => claim(context, sql, { owner: owner(actor, key), route, bodyHash })),
    completeIdempotency: async (actor, key, route, status, body) => {
      await within(actor, (sql) => sql.run(COMPLETE, [...owner(actor, key), route, status, json(body) ?? "null"]));
    },
    abandonIdempotency: async (actor, key, route) => {
      await within(actor, (sql) => sql.run(ABANDON, [...owner(actor, key), route]));
    },
  };
}

interface Request {
  readonly owner: readonly [tenantId: string, subject: string, key: string];
  readonly route: string;
  readonly bodyHash: string;
}

async function claim(
  { options }: ControlContext,
  sql: Sql,
  { owner, route, bodyHash }: Request,
): Promise<IdempotencyClaim> {
  await sql.run(REMOVE_EXPIRED, [owner[0]]);
  const effectId = options.newId();
  const claimed = await sql.run(CLAIM, [...owner, route, bodyHash, effectId, options.idempotencyTtlMs]);
  if (claimed > 0) return { state: "new", effectId };
  const row = await sql.row<KeyRow>(PRESENT, [...owner, options.idempotencyStaleMs]);
  if (row === null) return { state: "in-flight" }; // abandoned this moment: the client's next attempt gets it
  if (row.route !== route || row.body_hash !== bodyHash) return { state: "mismatch" };
  if (row.state === "done") return { state: "replay", status: row.status ?? 200, body: row.body };
  if (!row.is_stale) return { state: "in-flight" };
  await sql.run(CLAIM_AGAIN, [...owner]);
  return { state: "new", effectId: row.effect_id };
}
