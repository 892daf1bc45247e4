import { counted } from "@tandem/kernel";
import { readFileSync } from "node:fs";
import type { Approval } from "@tandem/domain/gate";
import { maskedPlan, planSummary, renderPlan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import { type RolloutEvent, SmokeReport } from "@tandem/domain/rollout";
import type { Instant } from "@tandem/kernel";
import type { LatencyRow } from "@tandem/ports/store/calls";
import type { DeploymentDetail, RolloutDetail } from "@tandem/ports/store/control";
import { presentRolloutDetail } from "../presentation/rollout.ts";
import { dataHandling } from "./data-handling.ts";
import { findingsOf, reasonsOf, storyOf, verdictsOf } from "./proof-events.ts";
import type { ProofContent } from "./proof-pack.ts";

/** What a proof is made of, as it was read. */
export interface ProofFacts {
  readonly generatedAt: Instant;
  readonly generatedFor: string;
  readonly mayReadWords: boolean;
  readonly rollout: RolloutDetail;
  readonly deployment: DeploymentDetail | null;
  readonly bundle: ReleaseBundle | null;
  readonly events: readonly RolloutEvent[];
  readonly approvals: readonly Approval[];
  readonly measured: readonly LatencyRow[];
  readonly audit: ProofContent["audit"];
  readonly pointerMoves: ProofContent["pointerMoves"];
}

const { version: SOFTWARE_VERSION } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };

/** The content of a proof pack. */
export function proofContent(facts: ProofFacts): ProofContent {
  const { rollout, deployment, bundle, events } = facts;
  return {
    format: "tandem-proof-1",
    generatedAt: facts.generatedAt,
    generatedFor: facts.generatedFor,
    software: { version: SOFTWARE_VERSION, engineVersion: rollout.engineVersion },
    rollout: headOf(rollout, deployment, bundle),
    story: storyOf(events, rollout),
    plan: planOf(rollout, deployment, bundle),
    preflight: findingsOf(events, rollout.plan),
    approvals: facts.approvals.map(({ subject, decision, at, planHash, via, reason }) => ({
      who: subject,
      decision,
      at,
      planHash,
      via,
      reason,
    })),
    smoke: smokeOf(facts),
    latency: presentRolloutDetail(rollout, facts.measured).latency,
    evidence: verdictsOf(events),
    faults: faultsOf(rollout, events),
    pointerMoves: facts.pointerMoves,
    audit: facts.audit,
    dataHandling: dataHandling(bundle),
  };
}

function headOf(
  rollout: RolloutDetail,
  deployment: DeploymentDetail | null,
  bundle: ReleaseBundle | null,
): ProofContent["rollout"] {
  const { id, deploymentId, bundleHash, targetSlot, phase, policy, createdBy, createdAt, updatedAt, reason } = rollout;
  return {
    id,
    deployment: {
      id: deploymentId,
      name: deployment?.name ?? "",
      playbook: deployment?.playbook ?? "",
      environment: deployment?.environment ?? "",
    },
    release: {
      hash: bundleHash,
      name: bundle === null ? "" : `${bundle.playbook.name} ${bundle.playbook.version}`,
      manifestHash: bundle?.playbook.manifestHash ?? null,
    },
    targetSlot,
    phase,
    strategy: policy.strategy?.kind ?? "blue-green",
    startedBy: createdBy,
    startedAt: createdAt,
    updatedAt,
    reason,
  };
}

function planOf(
  { plan }: RolloutDetail,
  deployment: DeploymentDetail | null,
  bundle: ReleaseBundle | null,
): ProofContent["plan"] {
  if (plan === null) return null;
  const shown = maskedPlan(plan);
  const names = {
    ...(deployment !== null && { deploymentName: deployment.name }),
    ...(bundle !== null && { releaseName: `${bundle.playbook.name} ${bundle.playbook.version}` }),
  };
  return {
    id: plan.id,
    hash: plan.hash,
    summary: planSummary(plan),
    prose: renderPlan(shown, { columns: 96, ...names }),
    previousRelease: plan.previousBundleHash,
  };
}

/** What was said is counted, not shown, to whoever may not read the words of calls. */
function smokeOf({ events, mayReadWords }: ProofFacts): ProofContent["smoke"] {
  const reported = events.findLast(({ type }) => type === "smoke-reported");
  const report = SmokeReport.safeParse(reported?.payload).data;
  if (reported === undefined || report === undefined) return null;
  if (mayReadWords) return { at: reported.at, areWordsHidden: false, ...report };
  const hidden = (text: string): string => `[${counted(text.split(/\s+/).filter(Boolean).length, "word")}]`;
  const scenarios = report.scenarios.map((scenario) => ({
    ...scenario,
    steps: scenario.steps.map((step) => ({ ...step, detail: hidden(step.detail) })),
    turns: scenario.turns.map((turn) => ({ ...turn, text: hidden(turn.text) })),
    latency: scenario.latency.map((turn) => ({ ...turn, callerText: hidden(turn.callerText) })),
    failures: scenario.failures.map(hidden),
  }));
  return { at: reported.at, areWordsHidden: true, ...report, failures: report.failures.map(hidden), scenarios };
}

function faultsOf({ steps }: RolloutDetail, events: readonly RolloutEvent[]): ProofContent["faults"] {
  const operations = steps.map(({ seq, stage, operation, state, attempt, outcome }) => ({
    seq,
    stage,
    address: operation.address,
    verb: operation.verb,
    vendor: operation.vendor,
    state,
    attempts: attempt,
    outcome: outcome?.result ?? null,
  }));
  const epochs = new Set(steps.flatMap(({ epoch }) => (epoch === null ? [] : [epoch])));
  return {
    retried: operations.filter(({ attempts }) => attempts > 1).length,
    adopted: operations.filter(({ outcome }) => outcome === "adopted").length,
    leases: epochs.size,
    reasons: reasonsOf(events),
    operations,
  };
}
