import { AppError, canonicalJson, type Json, VendorError } from "@tandem/kernel";
import { type DriftLook, placeOf, type ResourceDrift } from "@tandem/domain/drift";
import type { Step } from "@tandem/domain/rollout";
import type { Binding } from "@tandem/domain/slot";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import { describeVendorError } from "../executor/failure.ts";
import { driftOf } from "./drift.ts";
import type { Observer } from "./observer.ts";

const WRITTEN = "a rollout wrote to it during the look";

/**
 * Reads every bound object and compares it with what was last applied. `read` gives the deployment before and after: an object that a
 * rollout was writing to meanwhile is `unknown`, never drifted. Null when the deployment is gone. Writes nothing anywhere.
 */
export async function lookAtDrift(
  observer: Observer,
  read: () => Promise<RolloutView | null>,
): Promise<DriftLook | null> {
  const before = await read();
  if (before === null) return null;
  const seen: ResourceDrift[] = [];
  for (const binding of before.bindings) seen.push(await lookAt(observer, binding));
  const after = await read();
  if (after === null) return null;
  const written = writtenMeanwhile(before, after);
  const resources = seen.map((one) => (written.has(placeOf(one)) ? unknown(one, WRITTEN) : one));
  return { lookedAt: before.now, complete: resources.every(({ state }) => state !== "unknown"), resources };
}

async function lookAt(observer: Observer, binding: Binding): Promise<ResourceDrift> {
  const { address, slot, kind, owner, connectionId, externalId } = binding;
  const subject = { address, slot, kind, owner, connectionId, externalId };
  try {
    const { state, fields } = await driftOf(observer, binding);
    return { ...subject, state, changed: fields.map(({ path }) => path), fields, detail: null };
  } catch (error) {
    if (error instanceof VendorError) return unknown(subject, describeVendorError(error));
    if (error instanceof AppError && ["connection_unsealed", "not_found"].includes(error.code))
      return unknown(subject, error.message);
    throw error;
  }
}

const unknown = (
  subject: Omit<ResourceDrift, "state" | "changed" | "fields" | "detail">,
  detail: string,
): ResourceDrift => ({ ...subject, state: "unknown", changed: [], fields: [], detail });

/** Places of objects whose binding moved between two views, or that have a step in progress in either. */
function writtenMeanwhile(before: RolloutView, after: RolloutView): Set<string> {
  const steps = [...before.steps, ...after.steps].filter((step) => isOpen(step) || hasMoved(step, before, after));
  const bindings = [...before.bindings, ...after.bindings];
  const moved = bindings.filter((one) => textOf(bindingAt(before, one)) !== textOf(bindingAt(after, one)));
  return new Set([...steps.map(({ operation }) => operation), ...moved].map(placeOf));
}

const isOpen = ({ state }: Step): boolean => state === "intent";

const hasMoved = ({ rolloutId, seq }: Step, before: RolloutView, after: RolloutView): boolean => {
  const [was, is] = [before, after].map(({ steps }) =>
    steps.find((step) => step.rolloutId === rolloutId && step.seq === seq),
  );
  return was?.state !== is?.state && (was !== undefined || is?.state !== "pending");
};

const bindingAt = ({ bindings }: RolloutView, place: Binding): Binding | null =>
  bindings.find((one) => placeOf(one) === placeOf(place)) ?? null;

const textOf = (binding: Binding | null): string => canonicalJson(binding as unknown as Json);
