import type { Plan } from "@tandem/domain/plan";
import type { Rollout, Step } from "@tandem/domain/rollout";
import type { RolloutDetail } from "@tandem/ports/store/control";

export const presentRollout = ({ tenantId: _tenant, ...rollout }: Rollout) => rollout;

export const presentPlan = ({ tenantId: _tenant, ...plan }: Plan) => plan;

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
