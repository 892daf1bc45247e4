import { VendorError } from "@tandem/kernel";
import type { VendorObject } from "@tandem/ports/vendor-resources";
import { WORKER } from "../context.ts";
import { writeStep } from "../journal.ts";
import { attempt } from "./attempt.ts";
import { confirm } from "./confirm.ts";
import { settle } from "./settle.ts";
import { isReversal, skipGone } from "./skip-step.ts";
import { type StepResult, type StepRun, stop } from "./step-run.ts";
import { giveUp, isSpent } from "./tries.ts";

/** What a look at the vendor says about an open intent. */
type Look =
  | { readonly kind: "reached"; readonly object: VendorObject | null }
  | { readonly kind: "absent" }
  | { readonly kind: "different"; readonly object: VendorObject };

/** An intent whose outcome is unknown: settle, look it up, adopt it or write again. */
export async function resume(stepRun: StepRun): Promise<StepResult> {
  const unsettled = await settle(stepRun);
  if (unsettled !== null) return unsettled;
  const { run, step } = stepRun;
  await run.lease.ensure(run.context.settings.callDeadlineMs);
  const look = step.operation.verb === "create" ? await lookByKey(stepRun) : await lookById(stepRun);
  if (look.kind === "reached") return adopt(stepRun, look.object);
  if (look.kind === "different" && step.operation.verb === "create")
    return step.operation.owner === "connection" ? madeOtherwise(stepRun) : mismatch(stepRun);
  if (look.kind === "different" && isSpent(stepRun, step.attempt)) return mismatch(stepRun);
  if (
    look.kind === "absent" &&
    (step.operation.verb === "update" || step.operation.verb === "draft" || step.operation.verb === "publish")
  ) {
    if (isReversal(stepRun)) return skipGone(stepRun);
    return stop({ event: "vendor-failure", reason: { code: "object-missing", detail: step.operation.address } });
  }
  return attempt(stepRun);
}

/** What was found once must be found again; an object that comes and goes is the vendor's trouble, and is counted as such. */
async function adopt(stepRun: StepRun, object: VendorObject | null): Promise<StepResult> {
  const result = await confirm(stepRun, object, "adopted");
  if (result.kind === "again")
    throw unavailable(stepRun.step.operation.vendor, `read ${stepRun.step.operation.kind} again`);
  return result;
}

const unavailable = (vendor: string, operation: string): VendorError =>
  new VendorError("the vendor's answers do not agree with each other yet", {
    vendor,
    operation,
    fault: "unavailable",
    effect: "none",
  });

/** For callers that only want to know what the open intent did, and never write: abort and rollback. Null: nothing came of it. */
export async function lookUp(stepRun: StepRun): Promise<VendorObject | null> {
  const { step } = stepRun;
  const look = step.operation.verb === "create" ? await lookByKey(stepRun) : await lookById(stepRun);
  return look.kind === "absent" ? null : look.object;
}

async function lookByKey(stepRun: StepRun): Promise<Look> {
  const { step, connection, target } = stepRun;
  const { kind, externalKey, vendor } = step.operation;
  const listing = await connection.resources.findByKey(kind, externalKey);
  const [oldest, ...rest] = await stillThere(stepRun, listing.items);
  if (oldest === undefined) {
    if (listing.complete) return { kind: "absent" };
    throw unavailable(vendor, `list ${kind} completely`);
  }
  // Which of several is the oldest, and so the one that stays, is known from a whole list only.
  if (rest.length > 0 && !listing.complete) throw unavailable(vendor, `list ${kind} completely`);
  if (rest.length > 0) await queueDuplicates(stepRun, rest);
  return connection.resources.reached("create", target, oldest)
    ? { kind: "reached", object: oldest }
    : { kind: "different", object: oldest };
}

/** Listings lag: what they name may be deleted by now. */
async function stillThere({ connection, step }: StepRun, listed: readonly VendorObject[]): Promise<VendorObject[]> {
  const read: VendorObject[] = [];
  for (const { externalId } of listed) {
    const object = await connection.resources.read(step.operation.kind, externalId);
    if (object !== null) read.push(object);
  }
  return read;
}

async function lookById({ step, connection, target, book }: StepRun): Promise<Look> {
  const { kind, verb } = step.operation;
  const externalId = target.externalId ?? book.of(step.operation)?.externalId ?? null;
  const found = externalId === null ? null : await connection.resources.read(kind, externalId);
  if (connection.resources.reached(verb, target, found)) return { kind: "reached", object: found };
  return found === null ? { kind: "absent" } : { kind: "different", object: found };
}

/** More than one object bears our key: all but the oldest are queued for journaled deletion. */
async function queueDuplicates(stepRun: StepRun, duplicates: readonly VendorObject[]): Promise<void> {
  const { run, step } = stepRun;
  const known = new Set(
    run.view.steps.filter(({ stage }) => stage === "cleanup").map(({ operation }) => operation.externalId),
  );
  const fresh = duplicates.filter(({ externalId }) => !known.has(externalId));
  if (fresh.length === 0) return;
  const steps = fresh.map(({ externalId }) => {
    const seq = stepRun.nextSeq();
    return {
      seq,
      stage: "cleanup" as const,
      state: "pending" as const,
      operation: { ...step.operation, seq, verb: "delete" as const, externalId, fields: null },
    };
  });
  await writeStep(run, async (transaction) => {
    await transaction.insertSteps(steps);
    await transaction.appendEvent({
      type: "duplicates-found",
      payload: { address: step.operation.address, externalIds: steps.map(({ operation }) => operation.externalId) },
    });
    await transaction.audit({
      ...WORKER,
      action: "operation.duplicates-found",
      object: `rollout/${run.rollout.id}`,
      after: { address: step.operation.address, count: steps.length },
    });
  });
}

/** Another deployment of the tenant made the account's object since the plan, and made it differently: another plan would say so. */
const madeOtherwise = ({ step }: StepRun): StepResult =>
  stop({
    event: "vendor-failure",
    reason: { code: "plan-stale", detail: `${step.operation.address} exists by now and is not as planned` },
  });

/** The vendor keeps something else than it was told, settle time and all: the slot stays tainted and a person looks. */
const mismatch = (stepRun: StepRun): StepResult =>
  giveUp(stepRun, stepRun.step.attempt, {
    code: "vendor-contract",
    detail: `${stepRun.step.operation.address}: what was read back is not what was written`,
  });
