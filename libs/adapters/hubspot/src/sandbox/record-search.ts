import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse } from "@tandem/ports/sandbox";
import { answer, invalid, jsonBody, type PortalRequest, Refusal } from "./answers.ts";
import { asRecord, objectOf } from "./records.ts";
import { type RecordRow, records } from "./tables.ts";

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: string;
  readonly values?: readonly string[];
}

const OPERATORS: Readonly<Record<string, (actual: string | undefined, filter: Filter) => boolean>> = {
  EQ: (actual, { value }) => actual !== undefined && actual.toLowerCase() === value?.toLowerCase(),
  NEQ: (actual, { value }) => actual !== undefined && actual.toLowerCase() !== value?.toLowerCase(),
  IN: (actual, { values }) => actual !== undefined && (values ?? []).includes(actual),
  NOT_IN: (actual, { values }) => actual !== undefined && !(values ?? []).includes(actual),
  HAS_PROPERTY: (actual) => actual !== undefined && actual !== "",
  NOT_HAS_PROPERTY: (actual) => actual === undefined || actual === "",
  CONTAINS_TOKEN: (actual, { value }) =>
    actual?.toLowerCase().includes((value ?? "").replaceAll("*", "").toLowerCase()) ?? false,
};

/** `search`: groups are alternatives, the filters of one hold together. Its index lags behind the records. */
export function searchRecords(portal: PortalRequest): SandboxResponse {
  const body = jsonBody(portal);
  const groups = (body["filterGroups"] ?? []) as unknown as readonly { filters: readonly Filter[] }[];
  if (groups.length > 5) return invalid("The maximum number of filterGroups is 5.");
  const limit = Number(body["limit"] ?? 10);
  if (limit > 200) return invalid("The maximum limit is 200.");
  const found = records(portal.world, objectOf(portal))
    .all({ forListing: true })
    .filter(
      (row) => groups.length === 0 || groups.some(({ filters }) => filters.every((filter) => holds(row, filter))),
    );
  const from = Number(body["after"] ?? 0);
  const page = found.slice(from, from + limit);
  return answer(200, {
    total: found.length,
    results: page.map((row): JsonObject => asRecord(row, (body["properties"] ?? []) as readonly string[])),
    ...(from + limit < found.length ? { paging: { next: { after: String(from + limit) } } } : {}),
  });
}

function holds(row: RecordRow, filter: Filter): boolean {
  const operator = OPERATORS[filter.operator];
  if (operator === undefined) throw new Refusal(invalid(`Invalid filter operator ${filter.operator}.`));
  return operator(row.properties[filter.propertyName], filter);
}
