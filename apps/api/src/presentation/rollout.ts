import { EvidenceVerdict } from "@tandem/domain/evidence";
import { maskedPlan, type Plan } from "@tandem/domain/plan";
import type { RolloutDetail as RolloutDetailShape } from "@tandem/contracts";
import { type Rollout, SmokeResponse, type Step } from "@tandem/domain/rollout";
import { isJsonObject } from "@tandem/kernel";
import type { LatencyRow } from "@tandem/ports/store/calls";
import type { RolloutDetail } from "@tandem/ports/store/control";

export const presentRollout = ({ tenantId: _tenant, ...rollout }: Rollout) => rollout;

/** A plan for readers: values with secret-sounding names are masked, timings stand in `latency` only. */
export function presentPlan(plan: Plan) {
  const { tenantId: _tenant, ...shown } = maskedPlan(plan);
  return { ...shown, findings: shown.findings.map(({ timings: _timings, ...finding }) => finding) };
}

const presentStep = (step: Step) => ({
  seq: step.seq,
  stage: step.stage,
  address: step.operation.address,
  verb: step.operation.verb,
  vendor: step.operation.vendor,
  state: step.state,
  externalId: step.externalId,
  attempt: step.attempt,
  notBefore: step.notBefore,
});

/** `measured` are latency rows of the deployment; those of the rollout's release are taken. */
export function presentRolloutDetail({ steps, plan, ...rollout }: RolloutDetail, measured: readonly LatencyRow[]) {
  const shown = plan === null ? null : presentPlan(plan);
  return {
    ...presentRollout(rollout),
    steps: steps.map(presentStep),
    plan: shown,
    latency: latencyOf(rollout, shown, measured),
    evidence: EvidenceVerdict.safeParse(rollout.memory["evidence"]).data ?? null,
  };
}

function latencyOf(
  { memory, bundleHash }: Rollout,
  plan: ReturnType<typeof presentPlan> | null,
  measured: readonly LatencyRow[],
): RolloutDetailShape["latency"] {
  const endToEnd = plan?.latency?.endToEnd ?? null;
  const smoke = SmokeResponse.safeParse(isJsonObject(memory["smoke"]) ? memory["smoke"]["response"] : null).data;
  const own = measured.filter(({ component, release }) => component === "totalMs" && release === bundleHash);
  return {
    targetMs: endToEnd?.targetMs ?? smoke?.targetMs ?? null,
    estimated: endToEnd === null ? null : endToEnd.isSpeculative ? endToEnd.speculative : endToEnd.plain,
    smoke: smoke === undefined ? null : { p50Ms: smoke.p50Ms, p95Ms: smoke.p95Ms, turns: smoke.turns },
    live: own.map(({ region, p50Ms, p95Ms, turns }) => ({ region, p50Ms, p95Ms, turns })),
  };
}
