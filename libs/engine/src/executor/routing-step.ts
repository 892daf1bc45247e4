import { AppError, contentHash, isJsonObject, type Json, type JsonObject, VendorError } from "@tandem/kernel";
import type { Step } from "@tandem/domain/rollout";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import type { NumberRouting, Telephony } from "@tandem/ports/telephony";
import { at, WORKER } from "../context.ts";
import { Interrupted, writeStep } from "../journal.ts";
import type { StageOutcome, StageRun } from "../stage.ts";
import { backoffMs, describeVendorError, failureOutcome, spreadOf } from "./failure.ts";

/** What a routing step changes: the routing that must be there, and the one to write. Both kept in the operation's fields. */
export interface RoutingChange {
  readonly expected: NumberRouting;
  readonly next: NumberRouting;
}

/** What the intent and the outcome write beside the step. */
export interface RoutingBook {
  readonly onIntent: (transaction: FencedTransaction) => Promise<void>;
  readonly onOutcome: (transaction: FencedTransaction, routing: NumberRouting) => Promise<void>;
}

/** The change that a routing step's operation holds. Throws `internal` for any other operation. */
export function routingChangeOf(step: Step): RoutingChange {
  const { expected, next } = step.operation.fields ?? {};
  if (!isJsonObject(expected) || !isJsonObject(next))
    throw new AppError("internal", `step ${step.seq} holds no routing change`);
  return { expected, next } as unknown as RoutingChange;
}

export const asFields = (change: RoutingChange): JsonObject => change as unknown as JsonObject;

export const isSameRouting = (left: NumberRouting, right: NumberRouting): boolean =>
  contentHash(left as unknown as Json) === contentHash(right as unknown as Json);

/**
 * Writes a number's routing by compare-and-set at the carrier: intent → call → read back → outcome. The same journal as any step,
 * but a repeat is harmless: what is there already is not written again, and somebody else's routing is never overwritten. Null: done.
 */
export async function runRoutingStep(
  run: StageRun,
  step: Step,
  telephony: Telephony,
  book: RoutingBook,
): Promise<StageOutcome | null> {
  if (run.context.isStopping()) throw new Interrupted("stopping");
  const waitMs = step.notBefore === null ? 0 : Date.parse(step.notBefore) - run.nowMs();
  if (waitMs > 0)
    return { event: "wait", reason: { code: "vendor-retrying", detail: step.operation.address }, dueInMs: waitMs };
  const change = routingChangeOf(step);
  await run.lease.ensure(run.context.settings.callDeadlineMs * 2);
  const number = run.view.deployment.number;
  const present = number === null ? null : await telephony.readRouting(number);
  if (present === null)
    return { event: "hold", reason: { code: "routing-moved", detail: "the account does not own the number any more" } };
  if (isSameRouting(present, change.next)) return finish(run, step, present, book);
  if (!isSameRouting(present, change.expected))
    return { event: "hold", reason: { code: "routing-moved", detail: `now ${describeRouting(present)}` } };
  return write(run, step, telephony, book);
}

async function write(run: StageRun, step: Step, telephony: Telephony, book: RoutingBook): Promise<StageOutcome | null> {
  const change = routingChangeOf(step);
  await at("attach.intent.before");
  await writeStep(run, async (transaction) => {
    await transaction.patchStep(step.seq, {
      state: "intent",
      isIntent: true,
      requestHash: contentHash(asFields(change)),
      notBeforeInMs: null,
    });
    await book.onIntent(transaction);
    await transaction.audit({
      ...WORKER,
      action: "routing.intended",
      object: `rollout/${run.rollout.id}`,
      before: asFields(change)["expected"] ?? null,
      after: asFields(change)["next"] ?? null,
    });
  });
  await at("attach.intent.after");
  await run.lease.ensure(run.context.settings.callDeadlineMs);
  let written: NumberRouting;
  try {
    written = await telephony.writeRouting(change.expected, change.next);
  } catch (error) {
    return afterFailure(run, step, error);
  }
  await at("attach.call.after");
  if (!isSameRouting(written, change.next))
    return {
      event: "vendor-failure",
      reason: {
        code: "vendor-contract",
        detail: `${step.operation.address}: the carrier kept ${describeRouting(written)}`,
      },
    };
  return finish(run, step, written, book);
}

async function afterFailure(run: StageRun, step: Step, error: unknown): Promise<StageOutcome> {
  if (!(error instanceof VendorError)) throw error;
  if (error.facts.fault === "conflict")
    return { event: "hold", reason: { code: "routing-moved", detail: describeVendorError(error) } };
  const isTransient =
    error.facts.fault === "unavailable" || error.facts.fault === "throttled" || error.facts.fault === "contract";
  if (!isTransient || step.attempt + 1 >= run.context.settings.retryLimit)
    return failureOutcome(run, error).event === "wait" ? spent(error) : failureOutcome(run, error);
  const waitMs = Math.max(
    1,
    error.facts.retryAfterMs ?? backoffMs(run.context.settings, step.attempt + 1, spreadOf(run)),
  );
  return { event: "wait", reason: { code: "vendor-retrying", detail: describeVendorError(error) }, dueInMs: waitMs };
}

const spent = (error: VendorError): StageOutcome => ({
  event: "vendor-failure",
  reason: { code: "vendor-unavailable", detail: describeVendorError(error) },
});

async function finish(
  run: StageRun,
  step: Step,
  routing: NumberRouting,
  book: RoutingBook,
): Promise<StageOutcome | null> {
  await at("attach.outcome.before");
  await writeStep(run, async (transaction) => {
    await transaction.patchStep(step.seq, {
      state: "done",
      externalId: routing.numberId,
      outcome: { result: "written", detail: null },
      notBeforeInMs: null,
    });
    await book.onOutcome(transaction, routing);
    await transaction.appendEvent({
      type: "routing-written",
      payload: { seq: step.seq, address: step.operation.address },
    });
    await transaction.audit({
      ...WORKER,
      action: "routing.written",
      object: `rollout/${run.rollout.id}`,
      after: routing as unknown as Json,
    });
  });
  await at("attach.outcome.after");
  return null;
}

/** Where a number's calls go, in a few words. */
export function describeRouting(routing: NumberRouting): string {
  if (routing.trunkId !== "") return `trunk ${routing.trunkId}`;
  if (routing.applicationId !== "") return `application ${routing.applicationId}`;
  return routing.voiceUrl === "" ? "nowhere" : routing.voiceUrl.replace(/[?#].*$/, "");
}
