import { contentHash } from "@tandem/kernel";
import type { Binding } from "@tandem/domain/slot";
import type { Step } from "@tandem/domain/rollout";
import { numberResource } from "../observe/routing.ts";
import { at } from "../context.ts";
import type { Stage, StageRun } from "../stage.ts";
import { routingChangeOf, runRoutingStep } from "../executor/routing-step.ts";
import { openSteps } from "../executor/run-steps.ts";

/**
 * Points the number at our ingress (ruling 20): the pointer is set already, so that the ingress has somebody to answer. The routing
 * found before is stored with the intent. Later rollouts find nothing to attach.
 */
export const attachStage: Stage = async (run) => {
  await at("switch.after");
  for (const step of openSteps(run, "attach")) {
    const { telephony } = await run.connections.open(step.operation.connectionId);
    if (telephony === undefined)
      return { event: "hold", reason: { code: "engine-error", detail: `${step.operation.vendor} carries no calls` } };
    const outcome = await runRoutingStep(run, step, telephony, {
      onIntent: (transaction) =>
        transaction.setAttachment({ attached: run.view.attachment.attached, storedRouting: storedRouting(run, step) }),
      onOutcome: async (transaction, routing) => {
        await transaction.setAttachment({ attached: true, storedRouting: storedRouting(run, step) });
        await transaction.putBinding(bindingOf(run, step, routing.numberId));
      },
    });
    if (outcome !== null) return outcome;
  }
  return { event: "stage-succeeded", desired: run.rollout.desired === "pause" ? "pause" : "continue" };
};

/** What detach restores: the routing before the first attach. Re-attaching a drifted number does not overwrite it. */
const storedRouting = (run: StageRun, step: Step) =>
  run.view.attachment.attached ? run.view.attachment.storedRouting : routingChangeOf(step).expected;

/** The number as a bound object: what was applied is what the bundle declares of it. */
function bindingOf({ bundle }: StageRun, { operation }: Step, numberId: string): Binding {
  const lastApplied = numberResource(bundle)?.fields ?? null;
  return {
    address: operation.address,
    slot: null,
    kind: operation.kind,
    owner: operation.owner,
    connectionId: operation.connectionId,
    externalKey: operation.externalKey,
    externalId: numberId,
    version: null,
    lastApplied,
    lastAppliedHash: lastApplied === null ? null : contentHash(lastApplied),
  };
}
