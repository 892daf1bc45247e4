import { counted } from "@tandem/kernel";
import { type CostCap, excessOf } from "../gate/index.ts";
import type { Finding } from "./change.ts";
import { type CostEstimate, dollars } from "./cost-estimate.ts";
import { planningFinding } from "./planning-finding.ts";

/** Providers that are named in a finding. */
const MOST_NAMED = 3;

/** One finding per cap that the estimate is over, with what makes the cost; none when it is within, or nothing caps it. */
export function costCapFindings(cost: CostEstimate | null, cap: CostCap | null): readonly Finding[] {
  if (cost === null || cap === null) return [];
  const makers = (cost.parts ?? [])
    .slice(0, MOST_NAMED)
    .map(({ what, micros }) => `${what} ${dollars(micros)}`)
    .join(", ");
  return excessOf(cap, cost.perCallMicros).map(({ per, capMicros, estimateMicros, calls }) => {
    const month = per === "call" ? "" : ` for ${counted(calls, "call")}`;
    const detail = `The cap is ${dollars(capMicros)} a ${per}, the estimate ${dollars(estimateMicros)}${month}; of each call: ${makers}.`;
    return planningFinding("cost-cap", "", detail);
  });
}
