import type { Json } from "@tandem/kernel";
import type { Actor, ControlStore, IdempotencyClaim } from "@tandem/ports/store/control";
import { json, type Parameter } from "../database/sql.ts";
import { inTransaction, singleStatement } from "../database/transaction.ts";
import { type ControlContext, scopeOf, tenantOf } from "./context.ts";

interface ClaimRow {
  outcome: IdempotencyClaim["state"];
  effect_id: string | null;
  status: number | null;
  body: Json;
}

const CLAIM = "SELECT * FROM claim_idempotency($1, $2, $3, $4, $5, $6, $7, $8)";
const COMPLETE = "SELECT 1 FROM complete_idempotency($1, $2, $3, $4, $5, $6::jsonb)";
const ABANDON = `
  DELETE FROM idempotency_key WHERE tenant_id = $1 AND subject = $2 AND key = $3 AND route = $4 AND state = 'in-flight'`;

type Methods = Pick<ControlStore, "claimIdempotency" | "completeIdempotency" | "abandonIdempotency">;

export function idempotencyMethods(context: ControlContext): Methods {
  const owner = (actor: Actor, key: string) => [tenantOf(actor), actor.subject, key] as const;
  return {
    claimIdempotency: async (actor, key, route, bodyHash) => {
      const { newId, idempotencyTtlMs, idempotencyStaleMs } = context.options;
      const request = [...owner(actor, key), route, bodyHash, newId(), idempotencyTtlMs, idempotencyStaleMs];
      const [row] = await call<ClaimRow>(context, actor, CLAIM, request);
      return claimOf(row);
    },
    completeIdempotency: async (actor, key, route, status, body) => {
      await call(context, actor, COMPLETE, [...owner(actor, key), route, status, json(body) ?? "null"]);
    },
    abandonIdempotency: async (actor, key, route) => {
      await inTransaction(context.pool, scopeOf(actor), (sql) => sql.run(ABANDON, [...owner(actor, key), route]));
    },
  };
}

/** These functions enter the tenant themselves; only the platform needs a transaction around them, for its role. */
function call<Row extends object>(
  { pool }: ControlContext,
  actor: Actor,
  text: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  if (actor.tenantId !== null) return singleStatement<Row>(pool, text, parameters);
  return inTransaction(pool, scopeOf(actor), (sql) => sql.rows<Row>(text, parameters));
}

function claimOf(row: ClaimRow | undefined): IdempotencyClaim {
  if (row?.outcome === "new" && row.effect_id !== null) return { state: "new", effectId: row.effect_id };
  if (row?.outcome === "replay") return { state: "replay", status: row.status ?? 200, body: row.body };
  return { state: row?.outcome === "mismatch" ? "mismatch" : "in-flight" };
}
