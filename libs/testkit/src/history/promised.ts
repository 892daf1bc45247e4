import { canonical } from "./digest.ts";
import type { DeploymentRows, HistoryEvent, LedgerObject, Violation } from "./event.ts";
import { changesOf, FINE, type Follower, inventoriesOf, ofKind, type Replay, type Rows, violation } from "./reading.ts";

/** I4 at the vendors: a slot that says it is ready holds what its bundle declares. */
export function checkPromises(history: readonly HistoryEvent[]): Violation[] {
  const { closed } = inventoriesOf(history);
  const bundles = new Map(ofKind(history, "bundled").map(({ hash, bundle }) => [hash, bundle]));
  const objects = new Map(closed.objects.map((object) => [object.externalId, object]));
  return closed.deployments.flatMap((rows) =>
    (["blue", "green"] as const).flatMap((slot) => {
      const bundle = bundles.get(rows.slots[slot].readyBundleHash ?? "");
      return (bundle?.resources ?? []).flatMap((resource) =>
        resource.owner === "slot" ? holds(rows, slot, resource, objects) : [],
      );
    }),
  );
}

function holds(
  rows: DeploymentRows,
  slot: "blue" | "green",
  { address, fields }: { readonly address: string; readonly fields: object },
  objects: ReadonlyMap<string, LedgerObject>,
): Violation[] {
  const binding = rows.bindings.find((one) => one.address === address && one.slot === slot);
  const object = objects.get(binding?.externalId ?? "");
  if (object === undefined) return [violation("I4", `${slot}:${address} is promised and missing`)];
  const isSame = canonical(object.fields) === canonical(resolved(fields, rows, slot));
  return [
    ...(isSame ? [] : [violation("I4", `${slot}:${address} holds something else`)]),
    ...(object.published ? [] : [violation("I4", `${slot}:${address} is not published`)]),
  ];
}

/** A bundle's fields with each reference replaced by what its address is bound to. */
function resolved(value: unknown, rows: DeploymentRows, slot: "blue" | "green"): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, rows, slot));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  if (typeof object["$ref"] === "string") {
    const target = rows.bindings.find(
      (one) => one.address === object["$ref"] && (one.slot === slot || one.slot === null),
    );
    return (object["part"] === "version" ? target?.version : target?.externalId) ?? null;
  }
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, resolved(member, rows, slot)]));
}

/** I4: while a slot has the pointer, nothing it owns is written. What arrives in the same millisecond as the pointer is not told apart. */
export function followActive(replay: Replay): Follower {
  const slotOf = new Map<string, { readonly rows: Rows; readonly slot: string }>();
  for (const rows of replay.deployments.values())
    for (const { externalKey, slot } of rows.bindings.values())
      if (slot !== null) slotOf.set(externalKey, { rows, slot });
  const movedMs = new Map<string, number>();
  return {
    after: (event) => {
      if (event.kind === "committed") {
        const rows = replay.deployments.get(event.deploymentId);
        if (rows === undefined) return FINE;
        for (const { after } of changesOf(event, "binding"))
          if (after !== null && after.slot !== null) slotOf.set(after.externalKey, { rows, slot: after.slot });
        if (event.changes.some(({ table }) => table === "pointer")) movedMs.set(event.deploymentId, event.atMs);
      }
      if (event.kind !== "effected") return FINE;
      const owner = slotOf.get(event.externalKey);
      if (owner === undefined || owner.rows.pointer.active !== owner.slot) return FINE;
      return movedMs.get(owner.rows.deploymentId) === event.atMs
        ? FINE
        : [violation("I4", `${event.verb} ${event.objectKind} in ${owner.slot} while it was active`)];
    },
  };
}
