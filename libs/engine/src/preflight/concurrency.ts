import type { Finding } from "@tandem/domain/plan";
import { ask, connectionAddress } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** Above this share of the limit there is little room. */
const LOW_RATIO = 0.8;

/** Room for calls at the carrier and at the hosted agent: platform defaults are as low as ten at once. */
export const checkConcurrency: Check = async (facts) => {
  const findings: Finding[] = [];
  for (const role of ["telephony", "voiceAgent"] as const) {
    const connectionId = facts.bundle.connections[role]?.connectionId;
    if (connectionId === undefined) continue;
    const address = connectionAddress(facts, connectionId);
    findings.push(
      ...(await ask(facts, connectionId, async (connection) => {
        const use = await connection[role]?.concurrency();
        if (use === undefined || use.limit === null) return [];
        const detail = `${use.current} of ${use.limit}`;
        if (use.current >= use.limit) return [finding("concurrency-spent", address, detail)];
        return use.current >= use.limit * LOW_RATIO ? [finding("concurrency-low", address, detail)] : [];
      })),
    );
  }
  return findings;
};
