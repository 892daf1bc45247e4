import type { JsonObject } from "@tandem/kernel";
import type { SessionDetail, SessionEventView, SessionFilter, SessionView } from "@tandem/ports/store/calls";
import type { Actor, ControlStore, PageRequest } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";
import { type ControlContext, cursorText, inActorsTenant, pageSize, read, requireTenant, toPage } from "./context.ts";

const STARTED_AND_ID = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z .{1,100}$/;

/** The words of a call, what its tools were told and answered among them. */
export const TEXT_MEMBERS = ["callerText", "agentText", "summary", "exchange"] as const;
const WITHOUT_TEXTS = TEXT_MEMBERS.map((member) => ` - '${member}'`).join("");

const SESSION = "SELECT * FROM session WHERE tenant_id = $1 AND id = $2";
const EVENTS = `
  SELECT seq, at, type, CASE WHEN $3::boolean THEN payload ELSE payload${WITHOUT_TEXTS} END AS payload
  FROM session_event WHERE tenant_id = $1 AND session_id = $2 ORDER BY at, seq`;

interface SessionRow {
  readonly id: string;
  readonly deployment_id: string;
  readonly call_id: string;
  readonly slot: string;
  readonly bundle_hash: string;
  readonly generation: number;
  readonly kind: SessionView["kind"];
  readonly node: string;
  readonly region: string;
  readonly started_at: Timestamp;
  readonly ended_at: Timestamp | null;
  readonly disposition: string | null;
}

/** Calls of a deployment, and one call with its events. */
export function sessionMethods(context: ControlContext): Pick<ControlStore, "sessions" | "session"> {
  return {
    sessions: (actor, deploymentId, page, filter = {}) => listed(context, actor, { deploymentId, page, filter }),
    session: (actor, sessionId, { withTexts }) =>
      inActorsTenant(context, actor, (sql) => detailOf(sql, requireTenant(actor), sessionId, withTexts)),
  };
}

async function listed(
  context: ControlContext,
  actor: Actor,
  { deploymentId, page, filter }: { deploymentId: string; page: PageRequest; filter: SessionFilter },
) {
  const [startedAt, id] = splitOnce(cursorText(page, STARTED_AND_ID));
  const earlier =
    startedAt === undefined || id === undefined
      ? {}
      : { OR: [{ startedAt: { lt: startedAt } }, { startedAt, id: { lt: id } }] };
  const where = { tenantId: requireTenant(actor), deploymentId, ...conditionOf(filter), ...earlier };
  const rows = await read(context, actor, (transaction) =>
    transaction.session.findMany({
      where,
      orderBy: [{ startedAt: "desc" }, { id: "desc" }],
      take: pageSize(page),
      omit: { tenantId: true, caller: true, node: true },
    }),
  );
  const itemOf = (row: (typeof rows)[number]): SessionView => ({
    ...row,
    kind: row.kind as SessionView["kind"],
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  });
  return toPage(rows, page, itemOf, (row) => `${row.startedAt.toISOString()} ${row.id}`);
}

/** Prisma makes a LIKE pattern of a text as it is. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, "\\$&");

function conditionOf({ release, slot, outcome, kind, region, call, state, from, to }: SessionFilter) {
  const startedAt = { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) };
  return {
    ...(release !== undefined && { bundleHash: release }),
    ...(slot !== undefined && { slot }),
    ...(outcome !== undefined && { disposition: outcome }),
    ...(kind !== undefined && { kind }),
    ...(region !== undefined && { region }),
    ...(call !== undefined && {
      AND: { OR: [{ callId: { contains: literal(call) } }, { id: { startsWith: literal(call) } }] },
    }),
    ...(state !== undefined && { endedAt: state === "live" ? null : { not: null } }),
    ...(Object.keys(startedAt).length > 0 && { startedAt }),
  };
}

async function detailOf(
  sql: Sql,
  tenantId: string,
  sessionId: string,
  withTexts: boolean,
): Promise<SessionDetail | null> {
  const row = await sql.row<SessionRow>(SESSION, [tenantId, sessionId]);
  if (row === null) return null;
  const events = await sql.rows<{ seq: number; at: Timestamp; type: string; payload: JsonObject }>(EVENTS, [
    tenantId,
    sessionId,
    withTexts,
  ]);
  return { ...viewOf(row), node: row.node, events: events.map(eventOf) };
}

const viewOf = (row: SessionRow): SessionView => ({
  id: row.id,
  deploymentId: row.deployment_id,
  callId: row.call_id,
  slot: row.slot,
  bundleHash: row.bundle_hash,
  generation: row.generation,
  kind: row.kind,
  region: row.region,
  startedAt: instantOf(row.started_at),
  endedAt: instantOrNull(row.ended_at),
  disposition: row.disposition,
});

const eventOf = ({ at, ...event }: Omit<SessionEventView, "at"> & { readonly at: Timestamp }): SessionEventView => ({
  ...event,
  at: instantOf(at),
});

/** The two parts of a session cursor; none at the beginning. */
const splitOnce = (text: string | null): readonly [] | readonly [string, string] =>
  text === null ? [] : [text.slice(0, text.indexOf(" ")), text.slice(text.indexOf(" ") + 1)];
