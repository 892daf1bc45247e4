import { canonical } from "./digest.ts";
import type { DeploymentRows, HistoryEvent, LedgerObject, Violation } from "./event.ts";
import { changesOf, inventoriesOf, ofKind, Replay, type Rows, violation } from "./reading.ts";

/** I4 at the vendors: a slot that says it is ready holds what its bundle declares, and an active slot is left alone. */
export function checkPromises(history: readonly HistoryEvent[]): Violation[] {
  const { closed } = inventoriesOf(history);
  const bundles = new Map(ofKind(history, "bundled").map(({ hash, bundle }) => [hash, bundle]));
  const objects = new Map(closed.objects.map((object) => [object.externalId, object]));
  const held = closed.deployments.flatMap((rows) =>
    (["blue", "green"] as const).flatMap((slot) => {
      const bundle = bundles.get(rows.slots[slot].readyBundleHash ?? "");
      return (bundle?.resources ?? []).flatMap((resource) =>
        resource.owner === "slot" ? holds(rows, slot, resource, objects) : [],
      );
    }),
  );
  return [...held, ...activeTouched(history)];
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

/** While a slot has the pointer, nothing it owns is written. What arrives in the same millisecond as the pointer is not told apart. */
function activeTouched(history: readonly HistoryEvent[]): Violation[] {
  const replay = new Replay(inventoriesOf(history).opened);
  const slotOf = new Map<string, { readonly rows: Rows; readonly slot: string }>();
  for (const rows of replay.deployments.values())
    for (const { externalKey, slot } of rows.bindings.values())
      if (slot !== null) slotOf.set(externalKey, { rows, slot });
  const movedMs = new Map<string, number>();
  const found: Violation[] = [];
  for (const event of history) {
    if (event.kind === "committed") {
      replay.follow(event);
      const rows = replay.deployments.get(event.deploymentId);
      if (rows === undefined) continue;
      for (const { after } of changesOf(event, "binding"))
        if (after !== null && after.slot !== null) slotOf.set(after.externalKey, { rows, slot: after.slot });
      if (changesOf(event, "pointer").length > 0) movedMs.set(event.deploymentId, event.atMs);
    }
    if (event.kind !== "effected") continue;
    const owner = slotOf.get(event.externalKey);
    if (owner === undefined || owner.rows.pointer.active !== owner.slot) continue;
    if (movedMs.get(owner.rows.deploymentId) !== event.atMs)
      found.push(violation("I4", `${event.verb} ${event.objectKind} in ${owner.slot} while it was active`));
  }
  return found;
}
