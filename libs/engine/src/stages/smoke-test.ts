import { boundedReport, nextSlotState, type SmokeReport } from "@tandem/domain/rollout";
import { WORKER } from "../context.ts";
import { removeLeftovers, removeLostBookings } from "../smoke/leftovers.ts";
import { smokeRelease } from "../smoke/smoke-run.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Synthetic calls on the inactive slot. No sample is no pass; what could not be tried is told as reduced evidence. */
export const smokeTestStage: Stage = async (run) => {
  await removeLeftovers(run);
  await removeLostBookings(run);
  let report: SmokeReport;
  try {
    report = await smokeRelease(run);
  } finally {
    await removeLeftovers(run);
  }
  return conclude(run, boundedReport(report));
};

/** The report goes into the timeline, its verdict into memory and audit; only a pass makes the slot ready. */
function conclude(run: StageRun, report: SmokeReport): StageOutcome {
  const { scenarios: _scenarios, ...verdict } = report;
  return {
    event: report.passed ? "stage-succeeded" : "smoke-failed",
    ...(!report.passed && { reason: { code: "smoke-failed", detail: report.failures.join("; ") } }),
    memory: { smoke: verdict, smokeLeftovers: undefined, smokeCalls: undefined },
    write: async (transaction) => {
      await transaction.appendEvent({
        type: "smoke-reported",
        payload: { ...report },
      });
      await transaction.audit({
        ...WORKER,
        action: "smoke.reported",
        object: `rollout/${run.rollout.id}`,
        after: verdict,
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
