import { AppError } from "@tandem/kernel";
import { type Finding, type KindLookup, makePlan, type Plan, targetSlotOf } from "@tandem/domain/plan";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { costEstimate } from "./cost-estimate.ts";
import { readObjects, wantedFor } from "./read-objects.ts";
import type { Observer } from "./observer.ts";
import { readRouting } from "./routing.ts";

/** The adapters' kinds as planning wants them: null instead of an error for an unknown one. */
export const kindsOf =
  (context: EngineContext): KindLookup =>
  (vendor, kind) => {
    try {
      return context.vendors.kind(vendor, kind);
    } catch (error) {
      if (error instanceof AppError && error.code === "not_found") return null;
      throw error;
    }
  };

/** What a new plan is called and answers to. */
export interface PlanRequest {
  readonly id: string;
  readonly bundleHash: string;
  readonly createdBy: string;
  readonly findings: readonly Finding[];
}

/** Observes and plans. Writes nothing anywhere. Errors: `VendorError`; `not_found` for an unknown bundle. */
export async function planFor(observer: Observer, view: RolloutView, request: PlanRequest): Promise<Plan> {
  const { context } = observer;
  const bundle = view.bundles[request.bundleHash];
  if (bundle === undefined)
    throw new AppError("not_found", "The bundle to plan for is not kept.", {
      details: { bundleHash: request.bundleHash },
    });
  const target = targetSlotOf(view.pointer);
  const observed = await readObjects(observer, wantedFor(context, view, bundle, target));
  const active = view.pointer.active === "none" ? null : (view.slots[view.pointer.active].bundleHash ?? null);
  const previous = active === null ? undefined : view.bundles[active];
  return makePlan({
    id: request.id,
    createdAt: view.now,
    createdBy: request.createdBy,
    deployment: view.deployment,
    pointer: view.pointer,
    slots: view.slots,
    stateSerial: view.stateSerial,
    bundle,
    bundleHash: request.bundleHash,
    previous: active === null || previous === undefined ? null : { hash: active, bundle: previous },
    bindings: view.bindings,
    observed,
    kinds: kindsOf(context),
    connections: view.connections,
    otherReferences: new Map(Object.entries(view.otherReferences ?? {})),
    routing: await readRouting(observer, view, bundle),
    findings: request.findings,
    cost: costEstimate(bundle),
    currentCost: previous === undefined ? null : costEstimate(previous),
    costCap: view.costCap ?? null,
    installKey: context.installKey,
  });
}
