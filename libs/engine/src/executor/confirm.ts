import { contentHash, type JsonObject } from "@tandem/kernel";
import type { Binding } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import type { VendorObject } from "@tandem/ports/vendor-resources";
import { at, WORKER } from "../context.ts";
import { writeStep } from "../journal.ts";
import { AGAIN, DONE, type StepResult, type StepRun } from "./step-run.ts";

/** Reads back what a write answered and, when the effect is visible, writes the outcome. Not visible: the intent stays open and is settled. */
export async function confirm(
  stepRun: StepRun,
  written: VendorObject | null,
  how: "written" | "adopted",
): Promise<StepResult> {
  const { step, connection, target, book } = stepRun;
  const { verb, kind } = step.operation;
  const externalId = written?.externalId ?? target.externalId;
  const found = externalId === null ? null : await connection.resources.read(kind, externalId);
  if (!connection.resources.reached(verb, target, found)) return AGAIN;
  const binding = verb === "delete" || found === null ? null : bindingOf(stepRun, found);
  await writeOutcome(stepRun, binding, { how, externalId });
  if (binding === null) book.remove(step.operation.address, step.operation.slot);
  else book.put(binding);
  return DONE;
}

/** A binding that holds what was read back. Content that is only published keeps the fields it had. */
function bindingOf({ step: { operation } }: StepRun, found: VendorObject): Binding {
  const lastApplied: JsonObject = found.fields;
  return {
    address: operation.address,
    slot: operation.slot,
    kind: operation.kind,
    owner: operation.owner,
    connectionId: operation.connectionId,
    externalKey: operation.externalKey,
    externalId: found.externalId,
    version: found.version,
    lastApplied,
    lastAppliedHash: contentHash(lastApplied),
  };
}

async function writeOutcome(
  stepRun: StepRun,
  binding: Binding | null,
  done: { readonly how: "written" | "adopted"; readonly externalId: string | null },
): Promise<void> {
  const { run, step } = stepRun;
  await at("step.outcome.before");
  await writeStep(run, async (transaction) => {
    await transaction.patchStep(step.seq, {
      state: "done",
      externalId: done.externalId,
      outcome: { result: done.how, detail: null },
      notBeforeInMs: null,
    });
    await writeBinding(stepRun, transaction, binding);
    await transaction.appendEvent({
      type: "operation-done",
      payload: {
        seq: step.seq,
        stage: step.stage,
        verb: step.operation.verb,
        address: step.operation.address,
        slot: step.operation.slot,
        result: done.how,
      },
    });
    await transaction.audit({
      ...WORKER,
      action: "operation.done",
      object: `rollout/${run.rollout.id}`,
      after: {
        seq: step.seq,
        verb: step.operation.verb,
        address: step.operation.address,
        externalId: done.externalId,
        result: done.how,
      },
    });
  });
  await at("step.outcome.after");
}

/** A duplicate that is deleted is not what the address is bound to: its deletion leaves the binding alone. */
async function writeBinding(
  { step, book }: StepRun,
  transaction: FencedTransaction,
  binding: Binding | null,
): Promise<void> {
  const { operation } = step;
  if (binding !== null) return transaction.putBinding(binding);
  const bound = book.of(operation);
  if (bound === null || bound.externalId === null || bound.externalId === operation.externalId)
    await transaction.removeBinding(operation.address, operation.slot);
}
