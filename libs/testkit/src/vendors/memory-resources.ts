import { canonicalJson, instant, VendorError } from "@tandem/kernel";
import type { OperationVerb } from "@tandem/domain/plan";
import type { VendorObject, VendorResources, WriteTarget } from "@tandem/ports/vendor-resources";
import { memoryKind, MEMORY_VENDOR } from "./kinds.ts";
import { call, type Line } from "./line.ts";
import { ONE_ACCOUNT, type VendorWorld, type WorldObject } from "./vendor-world.ts";

/** One account's objects over a line that may be bad. `onRequest` is told of each write as it is sent. */
export function memoryResources(
  world: VendorWorld,
  line: Line,
  account: string = ONE_ACCOUNT,
  onRequest?: (verb: OperationVerb, target: WriteTarget) => void,
): VendorResources {
  const seen = (object: WorldObject | null): VendorObject | null => (object === null ? null : objectOf(world, object));
  return {
    read: (kind, externalId) =>
      call(line, { name: `read ${kind}`, isWrite: false }, () =>
        kind === "telephony.number" ? numberOf(world, externalId) : seen(world.read(externalId, account)),
      ),
    findByKey: (kind, externalKey) =>
      call(line, { name: `find ${kind}`, isWrite: false }, () => {
        const { listLagMs, partial } = line.faults();
        const listed = world.listed(kind, externalKey, listLagMs, account).map((object) => objectOf(world, object));
        return line.rng.chance(partial)
          ? { items: listed.slice(0, line.rng.between(0, listed.length)), complete: false }
          : { items: listed, complete: true };
      }),
    write: (verb, target) => {
      onRequest?.(verb, target);
      return call(line, { name: `${verb} ${target.kind}`, isWrite: true }, () =>
        seen(perform(world, verb, target, account)),
      );
    },
    reached,
  };
}

function perform(world: VendorWorld, verb: OperationVerb, target: WriteTarget, account: string): WorldObject | null {
  const { kind, externalKey, externalId, fields } = target;
  const isNameUnique = memoryKind(MEMORY_VENDOR, kind).identity === "unique-name";
  const namesake = verb === "create" && isNameUnique ? world.listed(kind, externalKey, 0, account)[0] : undefined;
  if (namesake !== undefined) return namesake; // the name is taken by our own earlier create, which is then done
  if (verb === "create")
    return world.create(kind, externalKey, {
      account,
      fields: fields ?? {},
      publishes: memoryKind(MEMORY_VENDOR, kind).onCreate.includes("publish"),
    });
  if (externalId === null)
    throw new VendorError("no id", {
      vendor: MEMORY_VENDOR,
      operation: `${verb} ${kind}`,
      fault: "invalid",
      effect: "none",
    });
  const isOurs = world.read(externalId, account) !== null;
  if (verb === "delete") {
    if (isOurs) world.remove(externalId);
    return null;
  }
  const changed = isOurs ? world.change(verb, externalId, fields) : null;
  if (changed === null)
    throw new VendorError("unknown object", {
      vendor: MEMORY_VENDOR,
      operation: `${verb} ${kind}`,
      fault: "not-found",
      effect: "none",
      status: 404,
    });
  return changed;
}

function reached(verb: OperationVerb, target: WriteTarget, found: VendorObject | null): boolean {
  if (verb === "delete") return found === null;
  if (found === null) return false;
  if (verb === "draft") return !found.published;
  if (verb === "publish") return found.published;
  return target.fields === null || canonicalJson(target.fields) === canonicalJson(found.fields);
}

/** A number as a managed resource: found by the carrier's id. */
function numberOf(world: VendorWorld, numberId: string): VendorObject | null {
  const found = [...world.routings].find(([, routing]) => routing.numberId === numberId);
  if (found === undefined) return null;
  const [number, { voiceUrl, voiceFallbackUrl, statusCallbackUrl }] = found;
  return {
    externalId: numberId,
    externalKey: null,
    version: null,
    published: true,
    fields: { number, voiceUrl, voiceFallbackUrl, statusCallbackUrl },
    readAt: instant(world.nowMs()),
  };
}

function objectOf(world: VendorWorld, object: WorldObject): VendorObject {
  const isVersioned = memoryKind(MEMORY_VENDOR, object.kind).onCreate.includes("publish");
  return {
    externalId: object.externalId,
    externalKey: object.externalKey,
    version: isVersioned ? String(object.version) : null,
    published: object.published,
    fields: object.fields,
    readAt: instant(world.nowMs()),
  };
}
