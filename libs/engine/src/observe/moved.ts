import { type MovedPath, movedPaths, type Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import { readObjects, wantedFor } from "./read-objects.ts";
import type { Observer } from "./observer.ts";
import { numberResource, readRouting } from "./routing.ts";

/** What has moved in our own state since the plan was made. */
export function movedState(plan: Plan, view: RolloutView, bundle: ReleaseBundle): MovedPath[] {
  return movedPaths(plan, presentOf(view, bundle));
}

/** What has moved in our state or at the vendors. Errors: `VendorError`. */
export async function movedAnywhere(
  observer: Observer,
  plan: Plan,
  view: RolloutView,
  bundle: ReleaseBundle,
): Promise<MovedPath[]> {
  const observed = await readObjects(observer, wantedFor(observer.context, view, bundle, plan.targetSlot));
  const routing = await readRouting(observer, view, bundle);
  return movedPaths(plan, {
    ...presentOf(view, bundle),
    observed,
    ...(routing !== null && { routing: { address: routing.address, observed: routing.observed } }),
  });
}

const presentOf = (view: RolloutView, bundle: ReleaseBundle) => ({
  pointer: view.pointer,
  slots: view.slots,
  bindings: view.bindings,
  generation: view.pointer.generation,
  stateSerial: view.stateSerial,
  configVersion: view.deployment.configVersion,
  isAttached: numberResource(bundle) === null || bundle.deployment.number === null ? null : view.attachment.attached,
});

/** Names what moved, for the operator. */
export const describeMoved = (moved: readonly MovedPath[]): string => moved.map(({ path }) => path).join(", ");
