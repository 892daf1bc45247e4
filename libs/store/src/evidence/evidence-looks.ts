import type { EvidenceLook } from "@tandem/domain/evidence";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { EvidenceLookReads, EvidenceLookView, KeptLook } from "@tandem/ports/store/evidence";
import {
  type ControlContext,
  cursorText,
  inActorsTenant,
  pageSize,
  requireTenant,
  toPage,
  UUID,
} from "../control/context.ts";
import { json, type Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";

const KEEP = `
  INSERT INTO evidence_look (tenant_id, rollout_id, at, watch, verdict)
  SELECT $1, $2, $3::timestamptz, $4, $5::jsonb
  WHERE NOT EXISTS (SELECT FROM evidence_look WHERE tenant_id = $1 AND rollout_id = $2 AND at > $6::timestamptz)
  ON CONFLICT DO NOTHING`;
const LIST = `
  SELECT at, watch, verdict FROM evidence_look
  WHERE tenant_id = $1 AND rollout_id = $2 AND ($3::timestamptz IS NULL OR at > $3) ORDER BY at LIMIT $4`;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

interface LookRow {
  readonly at: Timestamp;
  readonly watch: EvidenceLook["watch"];
  readonly verdict: EvidenceLook["verdict"];
}

const viewOf = ({ at, watch, verdict }: LookRow): EvidenceLookView => ({ at: instantOf(at), watch, verdict });

/** Keeps a look in its tenant's scope, unless a younger one than its gap is kept. */
export async function keepLook(
  sql: Sql,
  { tenantId, rolloutId, atMs, watch, verdict, gapMs }: KeptLook,
): Promise<void> {
  const at = (ms: number): string => new Date(ms).toISOString();
  await sql.run(KEEP, [tenantId, rolloutId, at(atMs), watch, json(verdict), at(atMs - gapMs)]);
}

/** Kept looks of a rollout, oldest first. */
export function evidenceLookMethods(context: ControlContext): Pick<ControlStore, keyof EvidenceLookReads> {
  return {
    evidenceLooks: async (actor: Actor, rolloutId, page) => {
      const [tenantId, after] = [requireTenant(actor), cursorText(page, INSTANT)];
      if (!UUID.test(rolloutId)) return { items: [], next: null };
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<LookRow>(LIST, [tenantId, rolloutId, after, pageSize(page)]),
      );
      return toPage(rows, page, viewOf, (row) => instantOf(row.at));
    },
  };
}
