import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import {
  answer,
  conflict,
  invalid,
  isoNow,
  jsonBody,
  notFound,
  type PortalRequest,
  Refusal,
  requireText,
} from "./answers.ts";
import { groups, type GroupRow, properties, type PropertyRow, without } from "./tables.ts";

const NAME = /^[a-z][a-z0-9_]{0,99}$/u;

/** Field types that fit each type. */
const FIELD_TYPES: Readonly<Record<string, readonly string[]>> = {
  string: ["text", "textarea", "file", "html", "phonenumber"],
  number: ["number", "calculation_equation"],
  date: ["date"],
  datetime: ["date"],
  enumeration: ["select", "radio", "checkbox", "booleancheckbox"],
  bool: ["booleancheckbox", "select", "radio"],
};

/** Type name as the property's owner sees it in the URL. */
const objectOf = (portal: PortalRequest): string => portal.path["object"] ?? "";

export function createGroup(portal: PortalRequest): SandboxResponse {
  const body = jsonBody(portal);
  requireText(body, ["name", "label"]);
  const object = objectOf(portal);
  const name = String(body["name"]);
  if (!NAME.test(name)) return invalid(`Property group name "${name}" is not valid.`);
  if (groups(portal.world).get(`${object}/${name}`) !== undefined)
    return conflict(`A property group named '${name}' already exists.`);
  const row: GroupRow = {
    object,
    name,
    label: String(body["label"]),
    displayOrder: Number(body["displayOrder"] ?? -1),
  };
  groups(portal.world).put(`${object}/${name}`, row);
  record(portal, "create", "property-group", `${object}/${name}`, { label: row.label });
  return answer(201, asGroup(row));
}

export const listGroups = (portal: PortalRequest): SandboxResponse =>
  answer(200, {
    results: groups(portal.world)
      .all({ forListing: true })
      .filter((row) => row.object === objectOf(portal))
      .map(asGroup),
  });

function requireGroup(portal: PortalRequest): GroupRow {
  const row = groups(portal.world).get(`${objectOf(portal)}/${portal.path["name"]}`);
  if (row === undefined) throw new Refusal(notFound("Property group does not exist"));
  return row;
}

export const readGroup = (portal: PortalRequest): SandboxResponse => answer(200, asGroup(requireGroup(portal)));

export function updateGroup(portal: PortalRequest): SandboxResponse {
  const row = requireGroup(portal);
  const body = jsonBody(portal);
  const next = {
    ...row,
    label: String(body["label"] ?? row.label),
    displayOrder: Number(body["displayOrder"] ?? row.displayOrder),
  };
  groups(portal.world).put(`${row.object}/${row.name}`, next);
  record(portal, "update", "property-group", `${row.object}/${row.name}`, { label: next.label });
  return answer(200, asGroup(next));
}

export function archiveGroup(portal: PortalRequest): SandboxResponse {
  const row = requireGroup(portal);
  const isUsed = properties(portal.world)
    .all()
    .some((property) => property.object === row.object && property.groupName === row.name);
  if (isUsed) return invalid(`Property group '${row.name}' still has properties.`);
  groups(portal.world).remove(`${row.object}/${row.name}`);
  record(portal, "delete", "property-group", `${row.object}/${row.name}`, {});
  return answer(204, null);
}

const asGroup = ({ name, label, displayOrder }: GroupRow): JsonObject => ({
  name,
  label,
  displayOrder,
  archived: false,
});

export function createProperty(portal: PortalRequest): SandboxResponse {
  const body = jsonBody(portal);
  requireText(body, ["name", "label", "type", "fieldType", "groupName"]);
  const object = objectOf(portal);
  const name = String(body["name"]);
  if (!NAME.test(name)) return invalid(`Property name "${name}" is not valid. Names must be lowercase.`);
  if (properties(portal.world).get(`${object}/${name}`) !== undefined)
    return conflict(`A property named '${name}' already exists.`);
  const row = checked(portal, {
    object,
    name,
    label: String(body["label"]),
    type: String(body["type"]),
    fieldType: String(body["fieldType"]),
    groupName: String(body["groupName"]),
    description: String(body["description"] ?? ""),
    options: (body["options"] ?? []) as readonly JsonObject[],
    hasUniqueValue: body["hasUniqueValue"] === true,
    hubspotDefined: false,
    createdAt: isoNow(portal.world),
    updatedAt: isoNow(portal.world),
  });
  properties(portal.world).put(`${object}/${name}`, row);
  record(portal, "create", "property", `${object}/${name}`, { key: keyOf(row), label: row.label });
  return answer(201, asProperty(row));
}

function checked(portal: PortalRequest, row: PropertyRow): PropertyRow {
  const refuse = (message: string) => new Refusal(invalid(message));
  if (!(FIELD_TYPES[row.type] ?? []).includes(row.fieldType))
    throw refuse(`Field type ${row.fieldType} does not fit type ${row.type}.`);
  if (groups(portal.world).get(`${row.object}/${row.groupName}`) === undefined)
    throw refuse(`Property group '${row.groupName}' does not exist.`);
  if (row.options.length > 0 && row.type !== "enumeration" && row.type !== "bool")
    throw refuse(`Options are not allowed on type ${row.type}.`);
  if (row.type === "bool" && row.options.length !== 2)
    throw refuse("A bool property needs the options true and false.");
  const values = row.options.map((option) => option["value"]);
  if (new Set(values).size !== values.length) throw refuse("Option values must be unique.");
  return row;
}

export const listProperties = (portal: PortalRequest): SandboxResponse =>
  answer(200, {
    results: properties(portal.world)
      .all({ forListing: true })
      .filter((row) => row.object === objectOf(portal))
      .map(asProperty),
  });

function requireProperty(portal: PortalRequest): PropertyRow {
  const row = properties(portal.world).get(`${objectOf(portal)}/${portal.path["name"]}`);
  if (row === undefined) throw new Refusal(notFound(`Property '${portal.path["name"]}' does not exist`));
  return row;
}

export const readProperty = (portal: PortalRequest): SandboxResponse =>
  answer(200, asProperty(requireProperty(portal)));

export function updateProperty(portal: PortalRequest): SandboxResponse {
  const row = requireProperty(portal);
  if (row.hubspotDefined) return invalid(`Property '${row.name}' is defined by HubSpot and cannot be changed.`);
  const next = checked(portal, changeProperty(portal.world, row, jsonBody(portal)));
  properties(portal.world).put(`${row.object}/${row.name}`, next);
  record(portal, "update", "property", `${row.object}/${row.name}`, { key: keyOf(next), label: next.label });
  return answer(200, asProperty(next));
}

const CHANGEABLE = ["label", "type", "fieldType", "groupName", "description", "options"];

/** The row with changed members; what cannot be changed stays. */
export const changeProperty = (world: SandboxWorld, row: PropertyRow, body: JsonObject): PropertyRow => ({
  ...row,
  ...Object.fromEntries(
    CHANGEABLE.filter((name) => body[name] !== undefined).map((name) => [name, body[name] as Json]),
  ),
  updatedAt: isoNow(world),
});

export function archiveProperty(portal: PortalRequest): SandboxResponse {
  const row = requireProperty(portal);
  if (row.hubspotDefined) return invalid(`Property '${row.name}' is defined by HubSpot and cannot be archived.`);
  properties(portal.world).remove(`${row.object}/${row.name}`);
  record(portal, "delete", "property", `${row.object}/${row.name}`, {});
  return answer(204, null);
}

function asProperty(row: PropertyRow): JsonObject {
  const isOwn = !row.hubspotDefined;
  return {
    ...without(row, "object"),
    hidden: false,
    displayOrder: -1,
    formField: false,
    calculated: false,
    externalOptions: false,
    archived: false,
    modificationMetadata: { archivable: isOwn, readOnlyDefinition: !isOwn, readOnlyValue: false },
  };
}

const keyOf = (row: PropertyRow): string | null => /\[tandem:([0-9a-v]+)\]/u.exec(row.description)?.[1] ?? null;

/** Writes a true effect to the ledger. */
export function record(portal: PortalRequest, effect: string, kind: string, objectId: string, facts: JsonObject): void {
  portal.world.record({ effect, kind, objectId, facts, account: String(portal.hubId) });
}
