import { EvidenceVerdict } from "@tandem/domain/evidence";
import { maskedPlan, type Plan } from "@tandem/domain/plan";
import type { RolloutDetail as RolloutDetailShape } from "@tandem/contracts";
import { type Rollout, SmokeResponse, type Step } from "@tandem/domain/rollout";
import { isJsonObject } from "@tandem/kernel";
import type { LatencyRow } from "@tandem/ports/store/calls";
import type { RolloutDetail } from "@tandem/ports/store/control";

/** Whatever looks at a held rollout by itself does so within minutes. Only the safety look of a hold that a person ends is further off. */
const NEXT_LOOK_MS = 86_400_000;

export function presentRollout({ tenantId: _tenant, dueAt, ...rollout }: Rollout) {
  const waitsForPerson = rollout.phase === "held" && dueAt !== null && Date.parse(dueAt) - Date.now() > NEXT_LOOK_MS;
  return { ...rollout, dueAt: waitsForPerson ? null : dueAt };
}

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
