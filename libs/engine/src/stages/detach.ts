import { nextSlotState, type Step } from "@tandem/domain/rollout";
import type { NumberRouting } from "@tandem/ports/telephony";
import { at, WORKER } from "../context.ts";
import { asFields, isSameRouting, runRoutingStep } from "../executor/routing-step.ts";
import { openSteps } from "../executor/run-steps.ts";
import { expectSameState } from "../journal.ts";
import { numberResource, wantedRouting } from "../observe/routing.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Takes the number off our ingress: the stored routing is restored first, then the pointer goes to `none`. */
export const detachStage: Stage = async (run) => {
  await at("detach.before");
  const { attachment } = run.view;
  const [open] = openSteps(run, "attach").filter(isDetaching);
  if (open !== undefined) return (await restore(run, open)) ?? letGo(run);
  if (!attachment.attached || attachment.storedRouting === null) return letGo(run);
  return planRestore(run, attachment.storedRouting);
};

const isDetaching = (step: Step): boolean => step.operation.planHash === "";

async function restore(run: StageRun, step: Step): Promise<StageOutcome | null> {
  const { telephony } = await run.connections.open(step.operation.connectionId);
  if (telephony === undefined)
    return { event: "hold", reason: { code: "engine-error", detail: `${step.operation.vendor} carries no calls` } };
  const outcome = await runRoutingStep(run, step, telephony, {
    onIntent: async () => {},
    onOutcome: (transaction) =>
      transaction.setAttachment({ attached: false, storedRouting: run.view.attachment.storedRouting }),
  });
  return outcome;
}

/** Journals the restore. A number that somebody has pointed elsewhere meanwhile is left as it is. */
async function planRestore(run: StageRun, storedRouting: NumberRouting): Promise<StageOutcome> {
  const resource = numberResource(run.bundle);
  const connection = run.bundle.connections.telephony;
  const { number } = run.view.deployment;
  if (resource === null || connection === undefined || number === null) return letGo(run);
  await run.lease.ensure(run.context.settings.callDeadlineMs);
  const { telephony } = await run.connections.open(connection.connectionId);
  const present = (await telephony?.readRouting(number)) ?? null;
  if (present === null || !isSameRouting(present, wantedRouting(resource, present))) return letGo(run);
  const seq = Math.max(-1, ...run.view.steps.map((step) => step.seq)) + 1;
  const operation = {
    seq,
    address: resource.address,
    verb: "update" as const,
    kind: resource.kind,
    vendor: connection.vendor,
    connectionId: connection.connectionId,
    owner: resource.owner,
    slot: null,
    externalKey: number,
    externalId: present.numberId,
    fields: asFields({ expected: present, next: storedRouting }),
    planHash: "",
  };
  return {
    event: "wait",
    write: async (transaction) => {
      await transaction.insertSteps([{ seq, stage: "attach", operation, state: "pending" }]);
      await transaction.audit({
        ...WORKER,
        action: "routing.restore-planned",
        object: `rollout/${run.rollout.id}`,
        after: { seq },
      });
      return undefined;
    },
  };
}

/** The pointer goes to `none`: from now on the ingress passes late calls on to the stored routing. */
async function letGo(run: StageRun): Promise<StageOutcome> {
  return {
    event: "wait",
    write: async (transaction) => {
      if (run.view.attachment.attached)
        await transaction.setAttachment({ attached: false, storedRouting: run.view.attachment.storedRouting });
      else expectSameState(run, transaction);
      const from = transaction.pointer;
      if (
        !(await transaction.movePointer(
          from.generation,
          { ...from, active: "none", candidate: null, weightBp: 0, generation: from.generation + 1 },
          "detach",
          WORKER.actor,
        ))
      ) {
        return { event: "hold", reason: { code: "switch-lost", detail: "the pointer had moved" } };
      }
      if (from.active !== "none") {
        const state = nextSlotState(run.view.slots[from.active].state, "pointer-lost");
        if (typeof state === "string") await transaction.patchSlot(from.active, { state });
      }
      await transaction.appendEvent({
        type: "pointer-moved",
        payload: { from: from.active, to: "none", generation: from.generation + 1, cause: "detach" },
      });
      await transaction.enqueue("pointer-moved", {
        deploymentId: run.view.deployment.id,
        active: "none",
        generation: from.generation + 1,
      });
      await transaction.audit({
        ...WORKER,
        action: "pointer.moved",
        object: `deployment/${run.view.deployment.id}`,
        before: { active: from.active },
        after: { active: "none" },
      });
      return undefined;
    },
  };
}
