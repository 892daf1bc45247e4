import type { Json } from "@tandem/kernel";
import type { Binding } from "../slot/index.ts";
import type { Change, Finding } from "./change.ts";
import { reason } from "./change-reason.ts";
import { type KindFacts, observedKey } from "./plan-input.ts";
import type { Planning } from "./planning.ts";
import { planningFinding } from "./planning-finding.ts";

/** Plans for bindings that the bundle no longer names, or names in another account. */
export function planLeftovers(planning: Planning): void {
  const { input, target } = planning;
  const wanted = new Map(
    input.bundle.resources.map((resource) => [resource.address, input.bundle.connections[resource.role]?.connectionId]),
  );
  const leftovers = input.bindings.filter(
    (one) => (one.slot === null || one.slot === target) && wanted.get(one.address) !== one.connectionId,
  );
  for (const binding of leftovers) {
    const isMoved = wanted.has(binding.address);
    if (binding.address === input.routing?.address) continue;
    if (isMoved && binding.slot === null) planning.findings.push(movedAccount(binding));
    else planning.changes.push(leftoverChange(planning, binding, leftovers, isMoved));
  }
}

function leftoverChange(planning: Planning, binding: Binding, leftovers: readonly Binding[], isMoved: boolean): Change {
  const observed = planning.input.observed.get(observedKey(binding.address, binding.slot)) ?? null;
  const vendor = planning.input.connections.find((one) => one.id === binding.connectionId)?.vendor ?? "unknown";
  return {
    address: binding.address,
    kind: binding.kind,
    vendor,
    connectionId: binding.connectionId,
    owner: binding.owner,
    slot: binding.slot,
    ...decision(planning, binding, planning.input.kinds(vendor, binding.kind), isMoved),
    externalKey: binding.externalKey,
    externalId: observed?.externalId ?? binding.externalId,
    before: observed?.fields ?? binding.lastApplied,
    after: null,
    fields: [],
    dependsOn: leftovers
      .filter((other) => other !== binding && mentions(binding.lastApplied, other.externalId))
      .map((other) => other.address),
    ...(observed !== null && { existing: { version: observed.version, published: observed.published } }),
  };
}

type Decision = Pick<Change, "action" | "stage" | "reason" | "risk" | "reversible">;

function decision(planning: Planning, binding: Binding, kind: KindFacts | null, isMoved: boolean): Decision {
  if (binding.owner === "slot") {
    const why = isMoved
      ? reason("connection-changed", "the role now uses another account; the object in the old one is removed")
      : reason("not-in-bundle", `no longer in the bundle; ${planning.target} takes no calls`);
    return { action: "delete", stage: "apply", reason: why, risk: "low", reversible: "until-retire" };
  }
  const stays = (code: "still-needed" | "used-elsewhere" | "left-as-found", text: string): Decision => ({
    action: "no-op",
    stage: "retire",
    reason: reason(code, text),
    risk: "none",
    reversible: "yes",
  });
  if (planning.previous.has(binding.address))
    return stays("still-needed", "no longer in the bundle, but the live release needs it to stay rollback-safe");
  const others = planning.input.otherReferences.get(binding.externalKey) ?? 0;
  if (others > 0)
    return stays(
      "used-elsewhere",
      `no longer in the bundle; ${others} other deployment${others === 1 ? " uses" : "s use"} it`,
    );
  if (kind === null || kind.onCreate.length === 0)
    return stays("left-as-found", "no longer in the bundle; it was adopted and is left at the vendor");
  const isLossy = kind.removalIsIrreversible;
  return {
    action: "delete",
    stage: "retire",
    reason: reason(
      "not-in-bundle",
      `no release needs it any more${isLossy ? "; the data it holds is lost for good" : ""}`,
    ),
    risk: isLossy ? "high" : "medium",
    reversible: isLossy ? "no" : "yes",
  };
}

/** Whether a text equal to the id stands anywhere in the value: how an object that references another is known without its bundle. */
function mentions(value: Json, externalId: string | null): boolean {
  if (externalId === null || value === null) return false;
  if (typeof value !== "object") return value === externalId;
  return Object.values(value).some((member) => mentions(member, externalId));
}

const movedAccount = (binding: Binding): Finding =>
  planningFinding(
    "connection-moved",
    binding.address,
    `${binding.address} is bound in connection ${binding.connectionId}; the live release may use it there.`,
  );
