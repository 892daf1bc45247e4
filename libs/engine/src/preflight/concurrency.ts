import type { Finding } from "@tandem/domain/plan";
import type { OpenConnection } from "@tandem/ports/adapter";
import { ask, connectionAddress } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check, PreflightFacts } from "./check.ts";

/** Busy weeks, not only busy days. */
const LOOK_BACK_DAYS = 28;

/** Room above the busiest moment that was seen. */
const SPARE_RATIO = 1.25;

/** What every account must have room for, however quiet it was: a caller, one who rings meanwhile, and a smoke call. */
const FEWEST_CALLS = 3;

/**
 * Room for calls at the carrier and at the hosted agent: platform defaults are as low as ten at once. What is to be expected is the busiest
 * moment of the last weeks over all deployments on the account, and a quarter more.
 */
export const checkConcurrency: Check = async (facts) => {
  const findings: Finding[] = [];
  for (const role of ["telephony", "voiceAgent"] as const) {
    const connectionId = facts.bundle.connections[role]?.connectionId;
    if (connectionId === undefined) continue;
    findings.push(...(await ask(facts, connectionId, (connection) => judge(facts, connectionId, connection[role]))));
  }
  return findings;
};

type Counting = Pick<NonNullable<OpenConnection["voiceAgent"]>, "concurrency">;

async function judge(
  facts: PreflightFacts,
  connectionId: string,
  port: Counting | undefined,
): Promise<readonly Finding[]> {
  const use = await port?.concurrency();
  if (use === undefined || use.limit === null) return [];
  const address = connectionAddress(facts, connectionId);
  if (use.current >= use.limit) return [finding("concurrency-spent", address, `${use.current} of ${use.limit}`)];
  const { tenantId } = facts.view.deployment;
  const busiest = await facts.observer.context.commands.busiestCalls(tenantId, connectionId, LOOK_BACK_DAYS);
  const expected = Math.max(FEWEST_CALLS, Math.ceil(busiest * SPARE_RATIO));
  const detail = `limit ${use.limit}, now ${use.current}; to be expected ${expected} (busiest moment of ${LOOK_BACK_DAYS} days: ${busiest})`;
  if (use.limit < expected) return [finding("concurrency-short", address, detail)];
  return use.limit - use.current < expected ? [finding("concurrency-low", address, detail)] : [];
}
