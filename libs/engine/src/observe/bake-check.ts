import { AppError, VendorError } from "@tandem/kernel";
import { otherSlot, type Slot } from "@tandem/domain/slot";
import type { StageRun } from "../stage.ts";
import { describeVendorError } from "../executor/failure.ts";
import { askIngress, hangUp } from "../smoke/ask-ingress.ts";
import { observerOf } from "./observer.ts";
import { wantedOf } from "./read-objects.ts";

/** What one look during bake found. Null: could not be told. */
export interface BakeCheck {
  /** What is wrong with the new release, in our words. */
  readonly failures: readonly string[];
  /** True when a vendor or the ingress could not be asked at all. */
  readonly isInconclusive: boolean;
  readonly isTargetWhole: boolean | null;
  readonly isPreviousWhole: boolean | null;
}

/** Verifies the objects of both slots and that the ingress answers on the new one. */
export async function checkBake(run: StageRun): Promise<BakeCheck> {
  const target = await isWhole(run, run.target);
  const previousSlot = otherSlot(run.target);
  const hasPrevious = run.view.slots[previousSlot].readyBundleHash !== null;
  const previous = hasPrevious ? await isWhole(run, previousSlot) : { whole: null, missing: [], trouble: null };
  const answer = await answersOn(run);
  const failures = [
    ...target.missing.map((address) => `${address} is gone at the vendor`),
    ...(answer.failure === null ? [] : [answer.failure]),
  ];
  const troubles = [target.trouble, answer.trouble].filter((trouble) => trouble !== null);
  return {
    failures: failures.length > 0 ? failures : troubles,
    isInconclusive: failures.length === 0 && troubles.length > 0,
    isTargetWhole: target.whole,
    isPreviousWhole: previous.whole,
  };
}

interface Wholeness {
  readonly whole: boolean | null;
  readonly missing: readonly string[];
  readonly trouble: string | null;
}

/** Whether everything that a slot's calls need exists: its own objects and those it has in common with the other slot. */
async function isWhole(run: StageRun, slot: Slot): Promise<Wholeness> {
  const observer = observerOf(run);
  const missing: string[] = [];
  const needed = run.view.bindings.filter(
    (binding) => binding.externalId !== null && (binding.slot === slot || binding.slot === null),
  );
  try {
    for (const binding of needed) {
      await observer.beforeCall();
      const { resources } = await run.connections.open(binding.connectionId);
      const wanted = wantedOf(run.view, binding);
      if ((await resources.read(wanted.kind, wanted.externalId ?? "")) === null) missing.push(binding.address);
    }
  } catch (error) {
    if (error instanceof VendorError) return { whole: null, missing, trouble: describeVendorError(error) };
    if (error instanceof AppError && error.code === "connection_unsealed")
      return { whole: null, missing, trouble: error.message };
    throw error;
  }
  return { whole: missing.length === 0, missing, trouble: null };
}

/** A trial call on the new slot, ended at once. */
async function answersOn(run: StageRun): Promise<{ readonly failure: string | null; readonly trouble: string | null }> {
  const { tenantId, id } = run.view.deployment;
  const asked = await askIngress(run, () => run.context.ingress.answer(tenantId, id, run.target));
  if ("trouble" in asked) return { failure: null, trouble: asked.trouble };
  await hangUp(run, asked.answer.sessionId);
  const { status, bundleHash } = asked.answer;
  if (status !== 200) return { failure: `the ingress answered with status ${status}`, trouble: null };
  return {
    failure: bundleHash === run.rollout.bundleHash ? null : "the ingress answered with another release",
    trouble: null,
  };
}
