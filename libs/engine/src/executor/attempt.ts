import { AppError, VendorError } from "@tandem/kernel";
import { isWithin, type Operation } from "@tandem/domain/plan";
import type { Binding } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import type { VendorObject } from "@tandem/ports/vendor-resources";
import { at, WORKER } from "../context.ts";
import { writeStep } from "../journal.ts";
import { backoffMs, describeVendorError, heldFault, spreadOf } from "./failure.ts";
import { confirm } from "./confirm.ts";
import { keyTaken } from "./key-taken.ts";
import { settleMsOf } from "./settle.ts";
import { isReversal, skipStep } from "./skip-step.ts";
import { AGAIN, DONE, type StepResult, type StepRun, stop } from "./step-run.ts";
import { giveUp, isSpent } from "./tries.ts";

/** Intent → call → read back → outcome. Nothing may be open for this step when it begins. */
export async function attempt(stepRun: StepRun): Promise<StepResult> {
  const { run, step, connection, target } = stepRun;
  const { clock, settings } = run.context;
  await run.lease.ensure(settings.callStartMs + settings.callDeadlineMs + settleMsOf(stepRun));
  const beforeIntent = clock.monotonicMs();
  const intent = await writeIntent(stepRun);
  if (intent === "not-needed") return DONE;
  if (intent === "to-look-up") return AGAIN;
  if (intent === "taken") return stop(keyTaken(run, step.operation.address));
  await run.lease.ensure(settings.callDeadlineMs);
  if (clock.monotonicMs() - beforeIntent > settings.callStartMs) return takeBack(stepRun);
  let written: VendorObject | null;
  try {
    written = await connection.resources.write(step.operation.verb, target);
  } catch (error) {
    return afterFailedCall(stepRun, error);
  }
  await at("step.call.after");
  return confirm(stepRun, written, "written");
}

/**
 * What turned out under the lock: the write may begin · it is not needed · another deployment is at the object · another deployment has
 * made it since the plan, so that the intent is only looked up.
 */
type Intent = "to-write" | "not-needed" | "taken" | "to-look-up";

/** An object of the account's is written by one deployment at a time; whoever has an intent open already holds it. */
async function writeIntent(stepRun: StepRun): Promise<Intent> {
  const { run, step, book, requestHash } = stepRun;
  const { operation } = step;
  const { externalKey, owner, verb } = operation;
  const isFirst = owner === "connection" && step.state === "pending";
  await at("step.intent.before");
  const intent = await writeStep(run, async (transaction): Promise<Intent> => {
    if (isFirst && (await transaction.isWrittenElsewhere(externalKey))) return "taken";
    if (await isUsedElsewhere(stepRun, transaction)) {
      if (operation.verb === "delete") await transaction.removeBinding(operation.address, operation.slot);
      await skipStep(stepRun, transaction, "used-elsewhere");
      return "not-needed";
    }
    const isMade = isFirst && verb === "create" && (await transaction.appliedElsewhere(externalKey)).length > 0;
    await transaction.patchStep(step.seq, { state: "intent", isIntent: true, requestHash, notBeforeInMs: null });
    if (operation.verb === "create") await transaction.putBinding(unconfirmed(operation));
    await transaction.audit({
      ...WORKER,
      action: "operation.intended",
      object: `rollout/${run.rollout.id}`,
      after: {
        seq: step.seq,
        verb: operation.verb,
        address: operation.address,
        requestHash,
        planHash: operation.planHash,
      },
    });
    return isMade ? "to-look-up" : "to-write";
  });
  await at("step.intent.after");
  if (intent === "to-write" && verb === "create") book.put(unconfirmed(operation));
  if (intent === "not-needed" && verb === "delete") book.remove(operation.address, operation.slot);
  return intent;
}

/** Whether another deployment needs what the step would take from an account's object: all of it, or a part that was written for both. */
async function isUsedElsewhere({ step, book, target }: StepRun, transaction: FencedTransaction): Promise<boolean> {
  const { verb, owner, externalKey, externalId } = step.operation;
  if (owner !== "connection") return false;
  if (verb === "delete" && book.of(step.operation)?.externalId === externalId)
    return (await transaction.countReferences(externalKey)) > 1;
  if (verb !== "update" || step.stage !== "cleanup" || target.fields === null) return false;
  const { fields } = target;
  const elsewhere = await transaction.appliedElsewhere(externalKey);
  return elsewhere.some((applied) => !isWithin(applied, fields));
}

/** A binding whose object may or may not exist yet: so that the key is known even when the process dies in the call. */
const unconfirmed = (operation: Operation): Binding => ({
  address: operation.address,
  slot: operation.slot,
  kind: operation.kind,
  owner: operation.owner,
  connectionId: operation.connectionId,
  externalKey: operation.externalKey,
  externalId: null,
  version: null,
  lastApplied: null,
  lastAppliedHash: null,
});

/** The pause since the intent was too long for its settle bound to hold: the call has not begun, so the intent is simply taken back. */
async function takeBack(stepRun: StepRun): Promise<StepResult> {
  await takeIntentBack(stepRun, null, "call not begun in time");
  return AGAIN;
}

/**
 * This try did nothing at the vendor: the step is as before its intent, and a binding to what is not there goes with it. A creation
 * whose earlier try was open stays open, to be looked up before the next one: that try may arrive beyond any bound.
 */
async function takeIntentBack({ run, step, book }: StepRun, notBeforeInMs: number | null, why: string): Promise<void> {
  const { address, slot, verb } = step.operation;
  const mayArrive = verb === "create" && step.state === "intent";
  const isUnconfirmed = verb === "create" && !mayArrive && book.of(step.operation)?.externalId === null;
  await writeStep(run, async (transaction) => {
    await transaction.patchStep(step.seq, { state: mayArrive ? "intent" : "pending", notBeforeInMs });
    if (isUnconfirmed) await transaction.removeBinding(address, slot);
    await transaction.audit({
      ...WORKER,
      action: "operation.postponed",
      object: `rollout/${run.rollout.id}`,
      after: { seq: step.seq, address: step.operation.address },
      reason: why,
    });
  });
}

/** Fault matrix rows 12–18: what is known to have had no effect takes its intent back, everything else stays open and is settled. */
async function afterFailedCall(stepRun: StepRun, error: unknown): Promise<StepResult> {
  if (!(error instanceof VendorError))
    throw error instanceof AppError || error instanceof Error
      ? error
      : new AppError("internal", "a vendor call threw something that is no error");
  const { run, step } = stepRun;
  const { settings } = run.context;
  const attempts = step.attempt + 1;
  const detail = describeVendorError(error);
  if (error.facts.fault === "throttled") {
    const waitMs = Math.max(1, error.facts.retryAfterMs ?? backoffMs(settings, attempts, spreadOf(run)));
    await takeIntentBack(stepRun, waitMs, detail);
    return stop({ event: "wait", reason: { code: "vendor-throttled", detail }, dueInMs: waitMs });
  }
  if (error.facts.fault === "not-found" && isReversal(stepRun)) return AGAIN; // whether it is gone for good, the settled look tells
  const unavailable = { code: "vendor-unavailable", detail } as const;
  if (error.facts.effect !== "none") return isSpent(stepRun, attempts) ? giveUp(stepRun, attempts, unavailable) : AGAIN;
  const waitMs = backoffMs(settings, attempts, spreadOf(run));
  await takeIntentBack(stepRun, waitMs, detail);
  const held = heldFault(error);
  if (held !== null) return stop(held);
  if (isSpent(stepRun, attempts)) return giveUp(stepRun, attempts, unavailable);
  return stop({ event: "wait", reason: { code: "vendor-retrying", detail }, dueInMs: waitMs });
}
