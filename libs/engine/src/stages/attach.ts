import type { Step } from "@tandem/domain/rollout";
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
        await transaction.putBinding(bindingOf(step, routing.numberId));
      },
    });
    if (outcome !== null) return outcome;
  }
  return { event: "stage-succeeded", desired: "continue" };
};

/** What detach restores: the routing before the first attach. Re-attaching a drifted number does not overwrite it. */
const storedRouting = (run: StageRun, step: Step) =>
  run.view.attachment.attached ? run.view.attachment.storedRouting : routingChangeOf(step).expected;

const bindingOf = ({ operation }: Step, numberId: string) => ({
  address: operation.address,
  slot: null,
  kind: operation.kind,
  owner: operation.owner,
  connectionId: operation.connectionId,
  externalKey: operation.externalKey,
  externalId: numberId,
  version: null,
  lastApplied: null,
  lastAppliedHash: null,
});
