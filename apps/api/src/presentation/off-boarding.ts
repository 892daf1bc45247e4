import { descriptors } from "@tandem/catalog";
import type { OffBoarding, OffBoardingPlan } from "@tandem/contracts";
import { offBoardingWaits } from "@tandem/domain/tenant";
import type { OffBoarding as OffBoardingNoun, OffBoardingOutlook } from "@tandem/ports/store/tenant-life";

export function presentOffBoarding({ waitsFor, ...rest }: OffBoardingNoun): OffBoarding {
  return { ...rest, waitsFor: waitsFor === null ? null : { ...waitsFor, ...wordsOf(waitsFor.code) } };
}

const wordsOf = (code: string): { readonly summary: string; readonly nextAction: string } =>
  Object.hasOwn(offBoardingWaits, code)
    ? offBoardingWaits[code as keyof typeof offBoardingWaits]
    : { summary: code, nextAction: "See the audit log." };

const KEPT = [
  "the audit chain, which still verifies, and its checkpoints",
  "the proof of erasure: classes, counts, times and a hash, nothing personal",
  "what the tenant's own accounts hold: contacts, events, calendars, properties and numbers",
];

export function presentOffBoardingPlan(outlook: OffBoardingOutlook): OffBoardingPlan {
  const { tenant, deployments, liveCalls, apiKeys, connections, data } = outlook;
  return {
    tenant: { id: tenant.id, slug: tenant.slug, status: tenant.status },
    confirm: tenant.slug,
    deployments: deployments.map(({ name, number, liveRollout, objects, attached }) => ({
      name,
      number,
      liveRollout,
      objects: objects.map((object) => plannedObject(object, attached)),
    })),
    liveCalls,
    revoked: { apiKeys, credentials: connections.map(({ name, vendor }) => ({ name, vendor })) },
    erased: { ...data },
    kept: KEPT,
  };
}

type Bound = OffBoardingOutlook["deployments"][number]["objects"][number];

/** As the engine will judge it, as far as this can be told without asking the vendor. */
function plannedObject(bound: Bound, attached: boolean): OffBoardingPlan["deployments"][number]["objects"][number] {
  const { address, kind, vendor, owner, slot } = bound;
  const object = { address, kind, vendor, slot };
  const descriptor = Object.hasOwn(descriptors, vendor) ? descriptors[vendor] : undefined;
  const isData = descriptor?.resources.find((one) => one.kind === kind)?.removalIsIrreversible !== false;
  if (kind === "telephony.number")
    return attached
      ? {
          ...object,
          what: "restored",
          why: "the routing found before attach comes back; the number stays the tenant's",
        }
      : { ...object, what: "kept", why: "the number is the tenant's and does not lead here" };
  if (isData) return { ...object, what: "kept", why: "it holds the tenant's own data" };
  if (owner === "slot") return { ...object, what: "removed", why: "it belongs to the slot alone" };
  return { ...object, what: "removed", why: "nothing else needs it, unless what stays depends on it" };
}
