import { reasons, terminalPhases } from "@tandem/domain/rollout";
import { canonicalJson, isJsonObject, type Json } from "@tandem/kernel";
import type { Binding } from "@tandem/domain/slot";
import type { DeploymentState, MemoryDatabase } from "../store/memory-database.ts";
import type { VendorWorld } from "../vendors/vendor-world.ts";

/** An invariant that did not hold, and where. */
export interface Violation {
  readonly invariant: "I1" | "I3" | "I4" | "I5" | "I8";
  readonly detail: string;
}

/**
 * Reads what a run left behind (tables, pointer history, commits, the vendors' own ledger) and says what is wrong. Knows the
 * invariants and nothing of how the engine keeps them.
 */
export function check(database: MemoryDatabase, world: VendorWorld): Violation[] {
  return [...database.deployments.values()].flatMap((state) => [
    ...onePointer(database, state),
    ...oneObjectPerKey(world, state),
    ...activeIsAsPromised(database, world, state),
    ...activeWasLeftAlone(database, world, state),
    ...everyChangeIsAudited(database, state),
    ...everyRolloutEnds(state),
  ]);
}

const violation = (invariant: Violation["invariant"], detail: string): Violation => ({ invariant, detail });

/** I1: generations grow by one, at most one slot is active, and a pointer only ever comes to a complete, tested slot. */
function onePointer(database: MemoryDatabase, state: DeploymentState): Violation[] {
  const found: Violation[] = [];
  const history = database.pointerHistory.filter(({ deploymentId }) => deploymentId === state.deployment.id);
  history.forEach(({ pointer, slots, cause }, index) => {
    if (pointer.generation !== index + 1)
      found.push(violation("I1", `generation ${pointer.generation} is move ${index + 1}`));
    const active = Object.values(slots)
      .filter((slot) => slot.state === "active")
      .map(({ slot }) => slot);
    if (active.length > 1) found.push(violation("I1", `two active slots after ${cause}`));
    if (pointer.active === "none") return;
    if (active[0] !== pointer.active)
      found.push(
        violation("I1", `the pointer is on ${pointer.active}, active is ${active[0] ?? "none"} after ${cause}`),
      );
    const { readyBundleHash, bundleHash } = slots[pointer.active];
    if (readyBundleHash === null || readyBundleHash !== bundleHash)
      found.push(violation("I1", `the pointer came to ${pointer.active}, which is not ready, by ${cause}`));
  });
  return found;
}

/** I3: at rest one object per key, each bound, each binding's object there. */
function oneObjectPerKey(world: VendorWorld, state: DeploymentState): Violation[] {
  const found: Violation[] = [];
  const byKey = Map.groupBy(world.present(), ({ externalKey }) => externalKey);
  const bound = new Map(state.bindings.map((binding) => [binding.externalId, binding]));
  for (const [key, objects] of byKey) {
    if (objects.length > 1)
      found.push(violation("I3", `${objects.length} objects bear key ${key} (${objects[0]?.kind})`));
    for (const { externalId, kind } of objects)
      if (!bound.has(externalId)) found.push(violation("I3", `${kind} ${externalId} is an orphan`));
  }
  for (const binding of state.bindings) {
    if (binding.kind === "telephony.number") continue;
    if (binding.externalId === null) found.push(violation("I3", `${binding.address} is bound to nothing`));
    else if (world.read(binding.externalId) === null)
      found.push(
        violation("I3", `${binding.slot ?? ""}:${binding.address} is bound to ${binding.externalId}, which is gone`),
      );
  }
  return found;
}

/** I4: what a slot promises to hold is what the vendors hold, references resolved. */
function activeIsAsPromised(database: MemoryDatabase, world: VendorWorld, state: DeploymentState): Violation[] {
  return (["blue", "green"] as const).flatMap((slot) => {
    const hash = state.slots[slot].readyBundleHash;
    const bundle = hash === null ? undefined : database.bundles.get(hash);
    if (bundle === undefined) return [];
    return bundle.resources.flatMap(({ address, kind, owner, fields }) => {
      if (kind === "telephony.number" || owner !== "slot") return [];
      const binding = state.bindings.find((one) => one.address === address && one.slot === slot);
      const object = binding?.externalId == null ? null : world.read(binding.externalId);
      if (object === null) return [violation("I4", `${slot}:${address} is promised and missing`)];
      const wanted = canonicalJson(resolved(fields, state.bindings, slot));
      return [
        ...(canonicalJson(object.fields) === wanted
          ? []
          : [violation("I4", `${slot}:${address} holds something else`)]),
        ...(object.published ? [] : [violation("I4", `${slot}:${address} is not published`)]),
      ];
    });
  });
}

function resolved(value: Json, bindings: readonly Binding[], slot: "blue" | "green"): Json {
  if (Array.isArray(value)) return value.map((item) => resolved(item as Json, bindings, slot));
  if (!isJsonObject(value)) return value;
  if (typeof value["$ref"] === "string") {
    const target = bindings.find(({ address, slot: of }) => address === value["$ref"] && (of === slot || of === null));
    return (value["part"] === "version" ? target?.version : target?.externalId) ?? null;
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(member, bindings, slot)]));
}

/** I4 in time: while a slot had the pointer, nothing it owns was written. */
function activeWasLeftAlone(database: MemoryDatabase, world: VendorWorld, state: DeploymentState): Violation[] {
  const history = database.pointerHistory.filter(({ deploymentId }) => deploymentId === state.deployment.id);
  const activeAt = (atMs: number) => history.findLast((move) => move.atMs < atMs)?.pointer.active ?? "none";
  const slotOf = new Map(database.keySlots);
  return world.ledger.flatMap(({ atMs, verb, kind, externalKey }) => {
    const slot = slotOf.get(externalKey);
    return slot !== undefined && activeAt(atMs) === slot && !history.some((move) => move.atMs === atMs)
      ? [violation("I4", `${verb} ${kind} in ${slot} while it was active`)]
      : [];
  });
}

/** I5: every change carries its audit row, and no audit row stands alone. */
function everyChangeIsAudited(database: MemoryDatabase, state: DeploymentState): Violation[] {
  return database.commits
    .filter(({ deploymentId }) => deploymentId === state.deployment.id)
    .flatMap(({ changes, audits, atMs }) => {
      if (changes.length > 0 && audits.length === 0)
        return [violation("I5", `unaudited at ${atMs}: ${changes.join(", ")}`)];
      return changes.length === 0 && audits.length > 0
        ? [violation("I5", `audited without a change: ${audits.map(({ action }) => action).join(", ")}`)]
        : [];
    });
}

/** I8: every rollout has ended, or says why it is held and what to do. */
function everyRolloutEnds(state: DeploymentState): Violation[] {
  return state.rollouts.flatMap(({ id, phase, reason }) => {
    if (terminalPhases.has(phase)) return [];
    if (phase === "held" && reason !== null && Object.hasOwn(reasons, reason.code) && reason.nextAction !== "")
      return [];
    return [violation("I8", `rollout ${id} stands in ${phase}${reason === null ? "" : ` (${reason.code})`}`)];
  });
}
