import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";
import {
  answer,
  conflict,
  invalid,
  isoNow,
  jsonBody,
  nextId,
  notFound,
  type PortalRequest,
  Refusal,
} from "./answers.ts";
import { associate, type AssociationInput, associatedIds } from "./associations.ts";
import { record } from "./schema.ts";
import { pipelines, properties, type RecordRow, records } from "./tables.ts";

export const objectOf = (portal: PortalRequest): string => portal.path["object"] ?? "";
const SINGULAR: Readonly<Record<string, string>> = { contacts: "contact", deals: "deal", notes: "note" };

export function createRecord(portal: PortalRequest): SandboxResponse {
  const body = jsonBody(portal);
  const row = insert(portal, (body["properties"] ?? {}) as Record<string, string>);
  for (const association of (body["associations"] ?? []) as unknown as readonly AssociationInput[])
    associate(portal.world, objectOf(portal), row.id, association);
  return answer(201, asRecord(row));
}

export function insert(portal: PortalRequest, given: Readonly<Record<string, string>>): RecordRow {
  const { world } = portal;
  const values = requireValid(portal, given, null);
  const id = nextId(world);
  const now = isoNow(world);
  const row: RecordRow = {
    id,
    properties: { ...values, hs_object_id: id, createdate: now, lastmodifieddate: now },
    createdAt: now,
    updatedAt: now,
  };
  records(world, objectOf(portal)).put(id, row);
  record(portal, "create", singular(portal), id, values);
  return row;
}

export function change(portal: PortalRequest, row: RecordRow, given: Readonly<Record<string, string>>): RecordRow {
  const values = requireValid(portal, given, row);
  const now = isoNow(portal.world);
  const next: RecordRow = {
    ...row,
    properties: { ...row.properties, ...values, lastmodifieddate: now },
    updatedAt: now,
  };
  records(portal.world, objectOf(portal)).put(row.id, next);
  record(portal, "update", singular(portal), row.id, values);
  return next;
}

const singular = (portal: PortalRequest): string => SINGULAR[objectOf(portal)] ?? objectOf(portal);

/** Values as the portal keeps them; refuses unknown properties, values that do not fit, and unique values in use. */
function requireValid(
  portal: PortalRequest,
  given: Readonly<Record<string, string>>,
  before: RecordRow | null,
): Record<string, string> {
  const object = objectOf(portal);
  const values: Record<string, string> = {
    ...given,
    ...(given["email"] === undefined ? {} : { email: given["email"].toLowerCase() }),
  };
  const problems = Object.entries(values).flatMap(([name, value]) => problemOf(portal, name, value));
  if (problems.length > 0)
    throw new Refusal(
      invalid(`Property values were not valid: ${JSON.stringify(problems)}`, {
        errors: problems.map(({ message }) => ({ message })),
      }),
    );
  for (const [name, value] of Object.entries(values)) requireUniqueValue(portal, name, value, before);
  if (object === "deals") requireStage(portal, { ...before?.properties, ...values });
  if (object === "notes" && before === null && values["hs_timestamp"] === undefined)
    throw new Refusal(
      invalid("Error creating NOTE. Some required properties were not set.", {
        context: { properties: ["hs_timestamp"] },
      }),
    );
  return values;
}

function problemOf(
  portal: PortalRequest,
  name: string,
  value: string,
): { isValid: false; message: string; error: string; name: string }[] {
  const property = properties(portal.world).get(`${objectOf(portal)}/${name}`);
  if (property === undefined)
    return [{ isValid: false, message: `Property "${name}" does not exist`, error: "PROPERTY_DOESNT_EXIST", name }];
  if (name === "email" && !/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/u.test(value))
    return [{ isValid: false, message: `Email address ${value} is invalid`, error: "INVALID_EMAIL", name }];
  const allowed = property.options.map((option) => option["value"]);
  if ((property.type === "enumeration" || property.type === "bool") && value !== "" && !allowed.includes(value))
    return [
      {
        isValid: false,
        message: `${value} was not one of the allowed options: [${allowed.join(", ")}]`,
        error: "INVALID_OPTION",
        name,
      },
    ];
  if (property.type === "number" && Number.isNaN(Number(value)))
    return [{ isValid: false, message: `${value} was not a valid number.`, error: "INVALID_NUMBER", name }];
  return [];
}

function requireUniqueValue(portal: PortalRequest, name: string, value: string, before: RecordRow | null): void {
  if (!isUnique(portal, name) || value === "") return;
  const other = findBy(portal, name, value);
  if (other === undefined || other.id === before?.id) return;
  if (name === "email") throw new Refusal(conflict(`Contact already exists. Existing ID: ${other.id}`));
  throw new Refusal(invalid(`Cannot set PropertyValueCoordinates. ${other.id} already has that value.`));
}

export const isUnique = (portal: PortalRequest, name: string): boolean =>
  (objectOf(portal) === "contacts" && name === "email") ||
  properties(portal.world).get(`${objectOf(portal)}/${name}`)?.hasUniqueValue === true;

export const findBy = (portal: PortalRequest, name: string, value: string): RecordRow | undefined =>
  records(portal.world, objectOf(portal))
    .all()
    .find((row) => row.properties[name] === (name === "email" ? value.toLowerCase() : value));

function requireStage(portal: PortalRequest, values: Readonly<Record<string, string>>): void {
  if (values["dealstage"] === undefined) return;
  const pipeline = pipelines(portal.world).get(values["pipeline"] ?? "default");
  if (pipeline?.stages.some((stage) => stage.id === values["dealstage"])) return;
  throw new Refusal(
    invalid(
      `Property values were not valid: [{"isValid":false,"message":"${values["dealstage"]} was not one of the allowed options","error":"INVALID_OPTION","name":"dealstage"}]`,
    ),
  );
}

/** A record by id, or by a unique property when the query says so. */
export function requireRecord(portal: PortalRequest): RecordRow {
  const id = portal.path["id"] ?? "";
  const idProperty = portal.request.query.get("idProperty");
  if (idProperty !== null && !isUnique(portal, idProperty))
    throw new Refusal(invalid(`The property '${idProperty}' is not a unique property.`));
  const row = idProperty === null ? records(portal.world, objectOf(portal)).get(id) : findBy(portal, idProperty, id);
  if (row === undefined) throw new Refusal(notFound());
  return row;
}

export function readRecord(portal: PortalRequest): SandboxResponse {
  const row = requireRecord(portal);
  const wanted = portal.request.query.getAll("properties").flatMap((names) => names.split(","));
  const associated = portal.request.query.getAll("associations").flatMap((names) => names.split(","));
  return answer(200, {
    ...asRecord(row, wanted),
    ...(associated.length === 0
      ? {}
      : {
          associations: Object.fromEntries(
            associated.map((to) => [
              to,
              {
                results: associatedIds(portal.world, objectOf(portal), row.id, to).map((id) => ({
                  id,
                  type: `${singular(portal)}_to_${SINGULAR[to] ?? to}`,
                })),
              },
            ]),
          ),
        }),
  });
}

export function updateRecord(portal: PortalRequest): SandboxResponse {
  const body = jsonBody(portal);
  return answer(
    200,
    asRecord(change(portal, requireRecord(portal), (body["properties"] ?? {}) as Record<string, string>)),
  );
}

/** Archiving what is archived already is no error. */
export function archiveRecord(portal: PortalRequest): SandboxResponse {
  const id = portal.path["id"] ?? "";
  if (records(portal.world, objectOf(portal)).remove(id)) record(portal, "delete", singular(portal), id, {});
  return answer(204, null);
}

const ALWAYS = ["createdate", "lastmodifieddate", "hs_object_id"];

/** The record as answered: the asked-for properties (null when not set) beside those that always come. */
export function asRecord(row: RecordRow, wanted?: readonly string[]): JsonObject {
  const shown =
    wanted === undefined
      ? row.properties
      : Object.fromEntries([...wanted, ...ALWAYS].map((name) => [name, row.properties[name] ?? null]));
  return { id: row.id, properties: shown, createdAt: row.createdAt, updatedAt: row.updatedAt, archived: false };
}
