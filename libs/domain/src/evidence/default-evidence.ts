import type { EvidencePolicy } from "./evidence-policy.ts";

const HOUR_MS = 3_600_000;

/**
 * Margins that some hundred calls can tell; a tenth would take weeks. How long calls last and how early callers go is shown: longer is not
 * always worse.
 */
const margins: EvidencePolicy["margins"] = {
  booked: 0.5,
  "self-serve": 0.3,
  "response-latency": 0.3,
  errors: 1,
};

/** What a rollout must show where neither the environment's policy nor the request says; null: the checks of its objects only. */
export const defaultEvidence: Readonly<Record<"production" | "staging" | "development", EvidencePolicy | null>> = {
  production: {
    minCalls: 20,
    extendMs: 72 * HOUR_MS,
    whenInconclusive: "hold",
    margins,
    falseBreachRate: 0.05,
    falsePassRate: 0.1,
  },
  staging: {
    minCalls: 10,
    extendMs: HOUR_MS,
    whenInconclusive: "accept",
    margins,
    falseBreachRate: 0.05,
    falsePassRate: 0.1,
  },
  development: null,
};
