import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";
import { answer, invalid, isoNow, jsonBody, type PortalRequest, Refusal } from "./answers.ts";
import { asRecord, change, findBy, insert, isUnique, objectOf } from "./records.ts";
import { type RecordRow, records } from "./tables.ts";

const MOST_INPUTS = 100;

interface UpsertInput {
  readonly id: string;
  readonly idProperty?: string;
  readonly properties: Readonly<Record<string, string>>;
}

function inputsOf(body: JsonObject): readonly unknown[] {
  const inputs = (body["inputs"] ?? []) as readonly unknown[];
  if (inputs.length > MOST_INPUTS) throw new Refusal(invalid(`The maximum number of inputs is ${MOST_INPUTS}.`));
  return inputs;
}

/** `batch/upsert` by a unique property: each input updates the record that has the value, or makes one. */
export function upsertBatch(portal: PortalRequest): SandboxResponse {
  const inputs = inputsOf(jsonBody(portal)) as readonly UpsertInput[];
  for (const { idProperty } of inputs)
    if (idProperty === undefined || !isUnique(portal, idProperty))
      return invalid(
        `The property '${idProperty ?? ""}' does not exist or is not a unique property of ${objectOf(portal)}.`,
      );
  const results = inputs.map((input) => {
    const name = input.idProperty ?? "";
    const existing = findBy(portal, name, input.id);
    const row =
      existing === undefined
        ? insert(portal, { ...input.properties, [name]: input.id })
        : change(portal, existing, input.properties);
    return { ...asRecord(row), new: existing === undefined };
  });
  return answer(200, { ...batchTimes(portal), results });
}

/** `batch/read`: 207 with errors when some are not there. */
export function readBatch(portal: PortalRequest): SandboxResponse {
  const body = jsonBody(portal);
  const ids = (inputsOf(body) as readonly { id: string }[]).map((input) => input.id);
  const rows = ids
    .map((id) => records(portal.world, objectOf(portal)).get(id))
    .filter((row): row is RecordRow => row !== undefined);
  const results = rows.map((row) => asRecord(row, (body["properties"] ?? []) as readonly string[]));
  if (rows.length === ids.length) return answer(200, { ...batchTimes(portal), results });
  const missing = ids.filter((id) => !rows.some((row) => row.id === id));
  const error = {
    status: "error",
    category: "OBJECT_NOT_FOUND",
    message: "Could not get some objects, they may be deleted or not exist.",
    context: { ids: missing },
    links: {},
    errors: [],
  };
  return answer(207, { ...batchTimes(portal), results, numErrors: 1, errors: [error] });
}

function batchTimes(portal: PortalRequest): JsonObject {
  const now = isoNow(portal.world);
  return { status: "COMPLETE", startedAt: now, completedAt: now };
}
