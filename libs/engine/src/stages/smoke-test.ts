import { nextSlotState } from "@tandem/domain/rollout";
import { WORKER } from "../context.ts";
import type { SmokeReport } from "../memory.ts";
import { agentFailure } from "../smoke/hosted-agent.ts";
import { removeLeftovers, removeLostBookings } from "../smoke/leftovers.ts";
import { playScenario, type ScenarioResult } from "../smoke/scenario.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Synthetic calls on the inactive slot. No sample is no pass; skipped writes are told as reduced evidence. */
export const smokeTestStage: Stage = async (run) => {
  await removeLeftovers(run);
  await removeLostBookings(run);
  const agent = await agentFailure(run);
  const results: ScenarioResult[] = [];
  try {
    if (agent === null) for (const scenario of run.bundle.smoke) results.push(await playScenario(run, scenario));
  } finally {
    await removeLeftovers(run);
  }
  return conclude(run, reportOf(agent, results));
};

function reportOf(agent: string | null, results: readonly ScenarioResult[]): SmokeReport {
  const samples = results.reduce((sum, result) => sum + result.samples, 0);
  const skippedWrites = results.reduce((sum, result) => sum + result.skippedWrites, 0);
  const failures = [
    ...(agent === null ? [] : [agent]),
    ...results.flatMap((result) => result.failures),
    ...(samples === 0 && agent === null ? ["nothing was tested"] : []),
  ];
  return { passed: failures.length === 0, samples, skippedWrites, reducedEvidence: skippedWrites > 0, failures };
}

/** The report goes into the timeline and the audit; only a pass makes the slot ready. */
function conclude(run: StageRun, report: SmokeReport): StageOutcome {
  const payload = {
    passed: report.passed,
    samples: report.samples,
    skippedWrites: report.skippedWrites,
    reducedEvidence: report.reducedEvidence,
    failures: [...report.failures],
  };
  return {
    event: report.passed ? "stage-succeeded" : "smoke-failed",
    ...(!report.passed && { reason: { code: "smoke-failed", detail: report.failures.join("; ") } }),
    memory: { smoke: report, smokeLeftovers: undefined },
    write: async (transaction) => {
      await transaction.appendEvent({ type: "smoke-reported", payload });
      await transaction.audit({
        ...WORKER,
        action: "smoke.reported",
        object: `rollout/${run.rollout.id}`,
        after: payload,
      });
      if (!report.passed) return undefined;
      const state = nextSlotState(run.view.slots[run.target].state, "smoke-passed");
      if (typeof state !== "string")
        return { event: "hold", reason: { code: "outside-slot", detail: `slot ${run.target} cannot become ready` } };
      await transaction.patchSlot(run.target, {
        state,
        readyBundleHash: run.rollout.bundleHash,
        verified: true,
        intact: true,
      });
      return undefined;
    },
  };
}
