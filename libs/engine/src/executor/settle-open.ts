import { contentHash } from "@tandem/kernel";
import type { Binding } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import type { Step } from "@tandem/domain/rollout";
import type { VendorObject } from "@tandem/ports/vendor-resources";
import { WORKER } from "../context.ts";
import { Interrupted, writeStep } from "../journal.ts";
import type { StageOutcome, StageRun } from "../stage.ts";
import { BindingBook } from "./binding-book.ts";
import { lookUp } from "./resume.ts";
import { prepare } from "./run-steps.ts";
import { settle } from "./settle.ts";
import type { StepRun } from "./step-run.ts";

/**
 * Finds out what open intents of a rollout that goes back have done, without writing at a vendor: what exists is bound (so that
 * cleaning up removes it), what does not is marked as skipped. Null when none is open any more.
 */
export async function settleOpenIntents(run: StageRun): Promise<StageOutcome | null> {
  const book = new BindingBook(run.view.bindings);
  const open = run.view.steps.filter(({ state, stage }) => state === "intent" && stage !== "cleanup");
  let lastSeq = Math.max(-1, ...run.view.steps.map(({ seq }) => seq));
  for (const step of open) {
    if (step.stage === "attach") {
      await closeStep(run, step, null);
      continue;
    }
    const stepRun = await prepare(run, step, book, () => ++lastSeq);
    const unsettled = await settle(stepRun);
    if (unsettled?.kind === "stop") return unsettled.outcome;
    if (unsettled !== null) throw new Interrupted("the step is read again");
    await run.lease.ensure(run.context.settings.callDeadlineMs);
    await closeStep(run, step, await lookUp(stepRun), stepRun);
  }
  if (open.length > 0) throw new Interrupted("intents were settled");
  return null;
}

/** How an intent ended, by what is there now: a deletion happened when nothing is, anything else when something is. */
async function closeStep(run: StageRun, step: Step, found: VendorObject | null, stepRun?: StepRun): Promise<void> {
  const { operation } = step;
  const isDelete = operation.verb === "delete";
  const hasHappened = stepRun !== undefined && isDelete === (found === null);
  await writeStep(run, async (transaction) => {
    await transaction.patchStep(step.seq, {
      state: hasHappened ? "done" : "skipped",
      externalId: found?.externalId ?? null,
      outcome: { result: hasHappened ? "adopted" : "given-up", detail: null },
    });
    if (found === null) await forget(transaction, step, stepRun);
    else if (!isDelete) await transaction.putBinding(bindingOf(step, found));
    await transaction.audit({
      ...WORKER,
      action: "operation.given-up",
      object: `rollout/${run.rollout.id}`,
      after: { seq: step.seq, address: operation.address, found: found !== null },
    });
  });
}

/** Drops the binding to what is not there: never made, or deleted. */
async function forget(
  transaction: FencedTransaction,
  { operation }: Step,
  stepRun: StepRun | undefined,
): Promise<void> {
  const bound = stepRun?.book.of(operation) ?? null;
  if (bound === null) return;
  const isDeleted = operation.verb === "delete" && bound.externalId === operation.externalId;
  if (bound.externalId === null || isDeleted) await transaction.removeBinding(operation.address, operation.slot);
}

const bindingOf = ({ operation }: Step, found: VendorObject): Binding => ({
  address: operation.address,
  slot: operation.slot,
  kind: operation.kind,
  owner: operation.owner,
  connectionId: operation.connectionId,
  externalKey: operation.externalKey,
  externalId: found.externalId,
  version: found.version,
  lastApplied: found.fields,
  lastAppliedHash: contentHash(found.fields),
});
