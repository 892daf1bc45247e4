import type { JsonObject } from "@tandem/kernel";
import type { RoutingFacts } from "@tandem/domain/plan";
import type { BundleResource, ReleaseBundle } from "@tandem/domain/release";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { NumberRouting } from "@tandem/ports/telephony";
import type { Observer } from "./observer.ts";

/** Kind of a carrier's phone number: never made, changed through its routing only. */
export const NUMBER_KIND = "telephony.number";

const ADDRESS_MEMBERS = ["voiceUrl", "voiceFallbackUrl", "statusCallbackUrl"] as const;

/** The number that a bundle declares; null when it takes no calls from a carrier. */
export const numberResource = (bundle: ReleaseBundle): BundleResource | null =>
  bundle.resources.find(({ kind }) => kind === NUMBER_KIND) ?? null;

/** The routing that the bundle wants: what it declares over what is there, and nothing that would overrule the voice address. */
export function wantedRouting(resource: BundleResource, observed: NumberRouting): NumberRouting {
  const declared = Object.fromEntries(
    ADDRESS_MEMBERS.flatMap((member) =>
      typeof resource.fields[member] === "string" ? [[member, resource.fields[member]]] : [],
    ),
  );
  const methods = { voiceMethod: "POST", voiceFallbackMethod: "POST", statusCallbackMethod: "POST" } as const;
  return { ...observed, ...declared, ...methods, applicationId: "", trunkId: "" };
}

/** What planning must know of the number; null when the deployment has none. Errors: `VendorError`. */
export async function readRouting(
  observer: Observer,
  view: RolloutView,
  bundle: ReleaseBundle,
): Promise<RoutingFacts | null> {
  const resource = numberResource(bundle);
  const connection = bundle.connections.telephony;
  const { number } = bundle.deployment;
  if (resource === null || connection === undefined || number === null) return null;
  await observer.beforeCall();
  const { telephony } = await observer.connections.open(connection.connectionId);
  const observed = (await telephony?.readRouting(number)) ?? null;
  const wanted = observed === null ? resource.fields : wantedRouting(resource, observed);
  return {
    address: resource.address,
    observed: observed as JsonObject | null,
    wanted: wanted as JsonObject,
    isAttached: view.attachment.attached,
  };
}
