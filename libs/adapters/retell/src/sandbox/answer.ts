import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import type { OrgRow } from "./rows.ts";

/** A refusal as Retell words it. Thrown by the emulator's routes. */
export class RetellProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Retell's error body. */
export const problem = (status: number, message: string): SandboxResponse => ({
  status,
  body: { status: "error", message },
});

/** Retell says 422, not 404, for an object it does not know. */
export const missing = (): RetellProblem => new RetellProblem(422, "Cannot find requested asset under given api key.");

/** What a route works on. */
export interface Asked {
  readonly request: SandboxRequest;
  readonly world: SandboxWorld;
  readonly org: OrgRow;
  /** The id in the path; empty when it has none. */
  readonly id: string;
  readonly body: JsonObject;
}

/** One page of a v2 list: `pagination_key` is the id of the last item. */
export function page<Row extends { readonly id: string }>(
  { request, body }: Asked,
  rows: readonly Row[],
  write: (row: Row) => Json,
): SandboxResponse {
  const ordered = request.query.get("sort_order") === "ascending" ? rows : rows.toReversed();
  const limit = Math.min(1000, Math.max(1, Number(request.query.get("limit") ?? body["limit"] ?? 50)));
  const key = request.query.get("pagination_key") ?? body["pagination_key"];
  const start = typeof key === "string" ? ordered.findIndex((row) => row.id === key) + 1 : 0;
  const items = ordered.slice(start, start + limit);
  const hasMore = start + limit < ordered.length;
  return {
    status: 200,
    body: {
      items: items.map(write),
      has_more: hasMore,
      ...(hasMore ? { pagination_key: items.at(-1)?.id ?? "" } : {}),
    },
  };
}

/** Throws a 400 unless the member has the type. */
export function requireMember(body: JsonObject, name: string, type: "string" | "number" | "object"): void {
  if (typeof body[name] !== type) throw new RetellProblem(400, `Invalid request format: ${name} must be a ${type}.`);
}
