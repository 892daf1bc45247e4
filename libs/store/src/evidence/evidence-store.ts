import { leastDifferences, slowLimits } from "@tandem/domain/evidence";
import type { EvidenceQuery, EvidenceStore } from "@tandem/ports/store/evidence";
import type pg from "pg";
import { inTransaction } from "../database/transaction.ts";
import { type Calls, foldCalls } from "./fold-calls.ts";
import { sideFigures } from "./side-figures.ts";
import { keepLook } from "./evidence-looks.ts";
import { pooledSums, shareSums } from "./wave-evidence.ts";

/** What calls tell, on the worker's pool. Calls are folded as they are asked for: nobody else needs them folded. */
export function evidenceStore(pool: pg.Pool): EvidenceStore {
  return {
    figures: (query) => figures(pool, query),
    share: (share) => inTransaction(pool, { tenantId: share.tenantId }, (sql) => shareSums(sql, share)),
    pooled: (waveId) =>
      inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) => pooledSums(sql, waveId)),
    keepLook: (look) => inTransaction(pool, { tenantId: look.tenantId }, (sql) => keepLook(sql, look)),
  };
}

async function figures(pool: pg.Pool, query: EvidenceQuery) {
  const { tenantId, deploymentId, candidate, before, latencyMargin } = query;
  const own: Calls = { tenantId, deploymentId, release: candidate.release, stretches: [candidate.stretch] };
  const earlier: Calls | null = before === null ? null : { tenantId, deploymentId, ...before };
  await foldCalls(pool, own);
  if (earlier !== null) await foldCalls(pool, earlier);
  return inTransaction(pool, { tenantId }, async (sql) => {
    const baseline = earlier === null ? null : await sideFigures(sql, earlier, null);
    const p95Ms = baseline?.response.p95Ms ?? null;
    const limits = slowLimits(p95Ms, latencyMargin, leastDifferences["response-latency"]);
    return { candidate: await sideFigures(sql, own, limits), before: baseline };
  });
}
