import type { Plan } from "@tandem/domain/plan";
import { WORKER } from "../context.ts";
import { describeMoved, movedAnywhere } from "../observe/moved.ts";
import { observerOf } from "../observe/observer.ts";
import { planFor } from "../observe/plan-for.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Makes the plan, or holds a saved one against the present without ever planning again. */
export const planStage: Stage = (run) => (run.rollout.planId === null ? makeNew(run) : revalidate(run));

async function revalidate(run: StageRun): Promise<StageOutcome> {
  const { plan } = run.view;
  if (plan === null)
    return { event: "hold", reason: { code: "engine-error", detail: "the rollout's plan is not kept" } };
  if (plan.hash !== run.rollout.planHash || plan.bundleHash !== run.rollout.bundleHash)
    return { event: "plan-stale", reason: { code: "plan-stale", detail: "the plan is for another release" } };
  const moved = await movedAnywhere(observerOf(run), plan, run.view, run.bundle);
  if (moved.length > 0) return { event: "plan-stale", reason: { code: "plan-stale", detail: describeMoved(moved) } };
  return blocked(plan) ?? { event: "stage-succeeded", memory: { validatedAtMs: run.nowMs() } };
}

async function makeNew(run: StageRun): Promise<StageOutcome> {
  const plan = await planFor(observerOf(run), run.view, {
    id: run.context.newId(),
    bundleHash: run.rollout.bundleHash,
    createdBy: run.rollout.createdBy,
    findings: run.memory.findings ?? [],
  });
  if (plan.targetSlot !== run.target)
    return { event: "hold", reason: { code: "switch-lost", detail: `the inactive slot is ${plan.targetSlot} now` } };
  const stopped = blocked(plan);
  if (stopped !== null) return stopped;
  return {
    event: "stage-succeeded",
    memory: { validatedAtMs: run.nowMs(), findings: undefined },
    planned: { planId: plan.id, planHash: plan.hash },
    write: async (transaction) => {
      await transaction.savePlan(plan);
      await transaction.appendEvent({
        type: "plan-made",
        payload: {
          planId: plan.id,
          hash: plan.hash,
          changes: plan.changes.filter(({ action }) => action !== "no-op").length,
        },
      });
      await transaction.audit({
        ...WORKER,
        action: "plan.made",
        object: `plan/${plan.id}`,
        after: { hash: plan.hash },
      });
      return undefined;
    },
  };
}

/** Errors that only planning can see (dangling references, objects that must exist). */
function blocked(plan: Plan): StageOutcome | null {
  const errors = plan.findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return null;
  return {
    event: "findings-blocked",
    reason: {
      code: errors.every(({ code }) => code === "cost-cap") ? "cost-cap" : "findings-blocked",
      detail: errors.map(({ code, address }) => `${code}${address === "" ? "" : ` (${address})`}`).join(", "),
    },
    write: async (transaction) => {
      for (const { severity, code, summary, detail, address, fix } of errors) {
        await transaction.appendEvent({
          type: "finding-raised",
          payload: { severity, code, summary, detail, address, fix },
        });
      }
      return undefined;
    },
  };
}
