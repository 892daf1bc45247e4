// A world that operations can be run in, and what the tests ask of plans.
import { contentHash, type Json, type JsonObject } from "@tandem/kernel";
import type { ReleaseBundle } from "../../release/index.ts";
import type { Binding, Slot } from "../../slot/index.ts";
import type { Change, Plan } from "../change.ts";
import { compileOperations } from "../compile-operations.ts";
import { makePlan } from "../make-plan.ts";
import type { Operation } from "../operation.ts";
import { observedKey, type ObservedObject, type PlanInput } from "../plan-input.ts";
import { resolveReferences } from "../reference.ts";
import { BUNDLE, firstInput, kinds, OUR_ROUTING, pointerAt, slotView, withFields } from "./plan-fixture.ts";

/** What exists: vendor objects by id and the bindings to them. */
export interface World {
  readonly objects: ReadonlyMap<string, ObservedObject & { readonly kind: string }>;
  readonly bindings: readonly Binding[];
}

/** Runs operations as the engine does: references resolved, versions counted, bindings kept. */
export function performed(world: World, operations: readonly Operation[], slot: Slot): World {
  return operations.reduce((state, operation) => performOne(state, operation, slot), world);
}

function performOne(world: World, operation: Operation, slot: Slot): World {
  const objects = new Map(world.objects);
  const bindings = world.bindings.filter((one) => one.address !== operation.address || one.slot !== operation.slot);
  const bound = world.bindings.find((one) => one.address === operation.address && one.slot === operation.slot);
  const externalId =
    operation.verb === "create"
      ? `${operation.kind}-${objects.size + 1}-${operation.seq}`
      : (operation.externalId ?? bound?.externalId ?? "");
  const old = objects.get(externalId);
  if (operation.verb !== "create" && old === undefined)
    throw new Error(`${operation.verb} of ${operation.address}: there is no ${externalId}`);
  if (operation.verb === "delete") {
    objects.delete(externalId);
    return { objects, bindings };
  }
  const isVersioned = operation.kind.startsWith("voice-agent.");
  const version = isVersioned
    ? String(Number(old?.version ?? -1) + (operation.verb === "draft" || operation.verb === "create" ? 1 : 0))
    : null;
  const fields =
    operation.fields === null || operation.verb === "draft"
      ? (old?.fields ?? {})
      : resolveReferences(operation.fields, world.bindings, slot);
  const isOpen = operation.kind === "voice-agent.agent" && operation.verb !== "publish";
  objects.set(externalId, {
    externalId,
    externalKey: operation.externalKey,
    version,
    published: !isOpen,
    fields,
    kind: operation.kind,
  });
  const { address, kind, owner, connectionId, externalKey } = operation;
  return {
    objects,
    bindings: [
      ...bindings,
      {
        address,
        slot: operation.slot,
        kind,
        owner,
        connectionId,
        externalKey,
        externalId,
        version,
        lastApplied: fields,
        lastAppliedHash: contentHash(fields),
      },
    ],
  };
}

/** The input after a rollout: apply (and retire) done, the pointer moved to the slot that was filled, the number attached. */
export function afterRollout(input: PlanInput, world: World, active: Slot): PlanInput {
  return observing(
    {
      ...input,
      pointer: pointerAt(active, input.pointer.generation + 1),
      slots: {
        ...input.slots,
        [active]: { ...slotView(active, "active"), bundleHash: input.bundleHash, readyBundleHash: input.bundleHash },
      },
      previous: { hash: input.bundleHash, bundle: input.bundle },
      routing: { address: "telephony.number/main", observed: OUR_ROUTING, wanted: OUR_ROUTING, isAttached: true },
    },
    world,
    active === "blue" ? "green" : "blue",
  );
}

/** The input with what planning for `target` would read of the world. */
export function observing(input: PlanInput, world: World, target: Slot): PlanInput {
  const wanted = input.bundle.resources.map(({ address, owner }) =>
    observedKey(address, owner === "slot" ? target : null),
  );
  const bound = world.bindings.filter(({ slot }) => slot === null || slot === target);
  const ids = new Map(bound.map((binding) => [observedKey(binding.address, binding.slot), binding.externalId ?? ""]));
  return {
    ...input,
    bindings: world.bindings,
    observed: new Map([...wanted, ...ids.keys()].map((key) => [key, world.objects.get(ids.get(key) ?? "") ?? null])),
  };
}

/** Nothing exists. */
export const EMPTY_WORLD: World = { objects: new Map(), bindings: [] };

/** The change of an address in a stage. */
export const one = (plan: Plan, address: string, stage: Change["stage"] = "apply"): Change | undefined =>
  plan.changes.find((change) => change.address === address && change.stage === stage);
/** `stage address` → action. */
export const actions = (plan: Plan): Record<string, string> =>
  Object.fromEntries(plan.changes.map((change) => [`${change.stage} ${change.address}`, change.action]));
/** The bundle with fields of some resources replaced. */
export const nextBundle = (changed: Record<string, JsonObject>, more: Partial<ReleaseBundle> = {}): ReleaseBundle => ({
  ...BUNDLE,
  resources: withFields(changed),
  ...more,
});
/** The input for another bundle. */
export const withBundle = (input: PlanInput, bundle: ReleaseBundle): PlanInput => ({
  ...input,
  bundle,
  bundleHash: contentHash(bundle as unknown as Json),
});

/** Both slots filled with the same bundle, blue active: what the third rollout starts from. */
export function settled(): { input: PlanInput; world: World } {
  const first = firstInput();
  const blue = performed(EMPTY_WORLD, compileOperations(makePlan(first), kinds).apply, "blue");
  const second = afterRollout(first, blue, "blue");
  const both = performed(blue, compileOperations(makePlan(second), kinds).apply, "green");
  const third = afterRollout(second, both, "green");
  return { input: afterRollout(third, both, "blue"), world: both };
}
