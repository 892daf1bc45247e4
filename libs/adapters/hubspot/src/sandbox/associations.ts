import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { answer, isoNow, notFound, type PortalRequest, Refusal } from "./answers.ts";
import { record } from "./schema.ts";

interface AssociationRow extends JsonObject {
  readonly fromType: string;
  readonly fromId: string;
  readonly toType: string;
  readonly toId: string;
  readonly typeId: number;
}

export interface AssociationInput {
  readonly to: { readonly id: string };
  readonly types: readonly { readonly associationTypeId: number }[];
}

/** Default association types in both directions. */
const TYPE_IDS: Readonly<Record<string, number>> = {
  "deals>contacts": 3,
  "contacts>deals": 4,
  "contacts>notes": 201,
  "notes>contacts": 202,
  "deals>notes": 213,
  "notes>deals": 214,
};

const rows = (world: SandboxWorld) => world.collection<AssociationRow>("associations");

/** Object that a type id leads to from an object. */
const targetOf = (fromType: string, typeId: number): string =>
  Object.entries(TYPE_IDS)
    .find(([pair, id]) => id === typeId && pair.startsWith(`${fromType}>`))?.[0]
    .split(">")[1] ?? "";

export function associate(world: SandboxWorld, fromType: string, fromId: string, input: AssociationInput): void {
  for (const { associationTypeId } of input.types)
    put(world, fromType, fromId, targetOf(fromType, associationTypeId), input.to.id);
}

/** Both directions, as the vendor keeps them. True when it is new. */
function put(world: SandboxWorld, fromType: string, fromId: string, toType: string, toId: string): boolean {
  const exists =
    world.collection(toType).get(toId) !== undefined && world.collection(fromType).get(fromId) !== undefined;
  if (!exists) throw new Refusal(notFound());
  const isNew = rows(world).get(`${fromType}/${fromId}>${toType}/${toId}`) === undefined;
  const both = [
    { fromType, fromId, toType, toId },
    { fromType: toType, fromId: toId, toType: fromType, toId: fromId },
  ];
  for (const row of both)
    rows(world).put(`${row.fromType}/${row.fromId}>${row.toType}/${row.toId}`, {
      ...row,
      typeId: TYPE_IDS[`${row.fromType}>${row.toType}`] ?? 0,
    });
  return isNew;
}

export const associatedIds = (
  world: SandboxWorld,
  fromType: string,
  fromId: string,
  toType: string,
): readonly string[] =>
  rows(world)
    .all()
    .filter((row) => row.fromType === fromType && row.fromId === fromId && row.toType === toType)
    .filter((row) => world.collection(toType).get(row.toId) !== undefined)
    .map((row) => row.toId);

/** `PUT /crm/v4/objects/{from}/{id}/associations/default/{to}/{id}`. */
export function associateByDefault(portal: PortalRequest): SandboxResponse {
  const { object = "", id = "", toObject = "", toId = "" } = portal.path;
  if (put(portal.world, object, id, toObject, toId))
    record(portal, "create", "association", `${object}/${id}>${toObject}/${toId}`, {});
  const now = isoNow(portal.world);
  const spec = (from: string, to: string): JsonObject => ({
    associationCategory: "HUBSPOT_DEFINED",
    associationTypeId: TYPE_IDS[`${from}>${to}`] ?? 0,
  });
  return answer(200, {
    status: "COMPLETE",
    startedAt: now,
    completedAt: now,
    results: [
      { from: { id }, to: { id: toId }, associationSpec: spec(object, toObject) },
      { from: { id: toId }, to: { id }, associationSpec: spec(toObject, object) },
    ],
  });
}

/** `GET /crm/v4/objects/{from}/{id}/associations/{to}`. */
export function listAssociated(portal: PortalRequest): SandboxResponse {
  const { object = "", id = "", toObject = "" } = portal.path;
  if (portal.world.collection(object).get(id) === undefined) return notFound();
  const typeId = TYPE_IDS[`${object}>${toObject}`] ?? 0;
  const ids = associatedIds(portal.world, object, id, toObject).slice(
    0,
    Number(portal.request.query.get("limit") ?? 500),
  );
  return answer(200, {
    results: ids.map((toObjectId) => ({ toObjectId, associationTypes: [{ category: "HUBSPOT_DEFINED", typeId }] })),
  });
}
