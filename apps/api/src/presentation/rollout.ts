import { maskedPlan, type Plan } from "@tandem/domain/plan";
import type { Rollout, Step } from "@tandem/domain/rollout";
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

export const presentRolloutDetail = ({ steps, plan, ...rollout }: RolloutDetail) => ({
  ...presentRollout(rollout),
  steps: steps.map(presentStep),
  plan: plan === null ? null : presentPlan(plan),
});
