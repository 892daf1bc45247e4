import { type ChainHead, ChainWalk } from "@tandem/domain/audit";
import type { AuditVerdict } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";
import { checkpointsWithin, linksAfter, recordedHead } from "./chain-rows.ts";

const ROWS_AT_A_TIME = 1_000;
const LAST_SEQ = 2_147_483_647;

/**
 * Walks a tenant's chain from its beginning: every edit, removal, exchange or invented row breaks it, at the end too. What the
 * checkpoints in the database say must fit, and what an exported one says.
 */
export async function verifyChain(sql: Sql, tenantId: string, expectedHead: ChainHead | null): Promise<AuditVerdict> {
  const checkpoints = await checkpointsWithin(sql, tenantId, [0, LAST_SEQ]);
  const walk = new ChainWalk(expectedHead === null ? checkpoints : [...checkpoints, expectedHead]);
  for (;;) {
    const links = await linksAfter(sql, tenantId, walk.last.seq, ROWS_AT_A_TIME);
    if (!links.every((link) => walk.take(link))) break;
    if (links.length < ROWS_AT_A_TIME) break;
  }
  return walk.finish(await recordedHead(sql, tenantId));
}
