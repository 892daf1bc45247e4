import { AppError } from "@tandem/kernel";
import type { ActorRole, ControlStore, Tenant } from "@tandem/ports/store/control";
import type { NewSession, PersonIdentity } from "@tandem/ports/store/persons";
import { type ControlContext, UUID } from "../control/context.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { anybody, changeAccess, inAccess, personalActor, personObject } from "./access-scope.ts";
import { noSuchSession, SESSION_COLUMNS, type SessionRow, sessionOf } from "./person-row.ts";

/** A session that nobody uses for so long is over. */
const IDLE = "interval '30 minutes'";
/** It is over in any case after so long. */
const ABSOLUTE = "interval '12 hours'";
/** Use is noted once in so long. */
const NOTED_EVERY = "interval '1 minute'";

/** A session `s` that is still good. */
export const IS_OPEN = `
  s.ended_at IS NULL AND s.seen_at > clock_timestamp() - ${IDLE} AND s.created_at > clock_timestamp() - ${ABSOLUTE}`;

/** The roles of `p` in the tenant of that SQL expression. */
const rolesIn = (tenant: string): string => `
  ARRAY(SELECT DISTINCT unnest(m.roles) FROM membership m WHERE m.person_id = p.id AND m.tenant_id = ${tenant}
    AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp()) ORDER BY 1)`;

const AUTHENTICATE = `
  SELECT s.id AS session_id, p.id AS person_id, s.authenticated_at, s.seen_at + ${IDLE} AS idle_ends_at, s.created_at + ${ABSOLUTE} AS ends_at,
    ${rolesIn(`'${PLATFORM_TENANT_ID}'`)} AS platform_roles, t.id AS tenant_id, t.status, ${rolesIn("t.id")} AS tenant_roles
  FROM person_session s JOIN person p ON p.id = s.person_id
  LEFT JOIN tenant t ON t.slug = $2 AND t.id <> '${PLATFORM_TENANT_ID}'
  WHERE s.token_hash = $1 AND p.disabled_at IS NULL AND ${IS_OPEN}`;
const TOUCH = `
  UPDATE person_session s SET seen_at = clock_timestamp()
  WHERE s.id = $1 AND s.seen_at < clock_timestamp() - ${NOTED_EVERY} AND ${IS_OPEN}`;
const IS_ENABLED = "SELECT 1 FROM person WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE";
const START = `
  INSERT INTO person_session (tenant_id, id, person_id, token_hash, user_agent, authenticated_at)
  VALUES ('${PLATFORM_TENANT_ID}', $1, $2, $3, $4, $5)`;
const END = `
  UPDATE person_session SET ended_at = clock_timestamp() WHERE token_hash = $1 AND ended_at IS NULL RETURNING person_id`;
const CONFIRM = `
  UPDATE person_session s SET authenticated_at = clock_timestamp() WHERE s.id = $1 AND ${IS_OPEN} RETURNING s.person_id`;
const OWN = `SELECT ${SESSION_COLUMNS} FROM person_session s WHERE s.person_id = $1 AND ${IS_OPEN} ORDER BY s.seen_at DESC LIMIT 100`;
const END_OWN = `
  UPDATE person_session SET ended_at = clock_timestamp() WHERE person_id = $1 AND id = $2 AND ended_at IS NULL`;
const LONGEST_USER_AGENT = 300;

interface IdentityRow {
  readonly session_id: string;
  readonly person_id: string;
  readonly authenticated_at: Timestamp;
  readonly idle_ends_at: Timestamp;
  readonly ends_at: Timestamp;
  readonly platform_roles: ActorRole[];
  readonly tenant_id: string | null;
  readonly status: Tenant["status"] | null;
  readonly tenant_roles: ActorRole[];
}

interface PersonReference {
  readonly person_id: string;
}

type Methods = Pick<
  ControlStore,
  | "authenticateSession"
  | "touchSession"
  | "startSession"
  | "endSession"
  | "confirmSession"
  | "ownSessions"
  | "endOwnSession"
>;

export function personSessionMethods(context: ControlContext): Methods {
  return {
    authenticateSession: async (tokenHash, tenantSlug) => {
      const row = await inAccess(context, (sql) => sql.row<IdentityRow>(AUTHENTICATE, [tokenHash, tenantSlug]));
      return row === null ? null : identityOf(row);
    },
    touchSession: async (sessionId) => {
      await inAccess(context, (sql) => sql.run(TOUCH, [sessionId]));
    },
    startSession: (session, requestId) => startSession(context, session, requestId),
    endSession: (tokenHash, requestId) =>
      changeAccess(context, anybody(requestId), async ({ sql, audit }) => {
        const ended = await sql.row<PersonReference>(END, [tokenHash]);
        if (ended === null) return;
        const { person_id: personId } = ended;
        audit({ action: "person.signed-out", object: personObject(personId) }, personalActor(personId, requestId));
      }),
    confirmSession: (sessionId, requestId) =>
      changeAccess(context, anybody(requestId), async ({ sql, audit }) => {
        const confirmed = await sql.row<PersonReference>(CONFIRM, [sessionId]);
        if (confirmed === null) throw new AppError("unauthenticated", "The session is over: sign in again");
        const { person_id: personId } = confirmed;
        audit({ action: "person.confirmed", object: personObject(personId) }, personalActor(personId, requestId));
      }),
    ownSessions: async (personId) =>
      (await inAccess(context, (sql) => sql.rows<SessionRow>(OWN, [personId]))).map(sessionOf),
    endOwnSession: async (personId, sessionId, requestId) => {
      if (!UUID.test(sessionId)) throw noSuchSession();
      await changeAccess(context, personalActor(personId, requestId), async ({ sql, audit }) => {
        if ((await sql.run(END_OWN, [personId, sessionId])) === 0) throw noSuchSession();
        audit({ action: "person-session.ended", object: personObject(personId) });
      });
    },
  };
}

/** A new id at each sign-in: whatever the browser had before ends with it, so that none can be planted. */
async function startSession(
  context: ControlContext,
  { personId, tokenHash, userAgent, authenticatedAt, replaces }: NewSession,
  requestId: string,
): Promise<{ sessionId: string }> {
  const sessionId = context.options.newId();
  return changeAccess(context, personalActor(personId, requestId), async ({ sql, audit }) => {
    if ((await sql.row(IS_ENABLED, [personId])) === null)
      throw new AppError("unauthenticated", "This person may not sign in");
    if (replaces !== null) await sql.run(END, [replaces]);
    const shown = userAgent.slice(0, LONGEST_USER_AGENT);
    await sql.run(START, [sessionId, personId, tokenHash, shown, authenticatedAt]);
    audit({ action: "person.signed-in", object: personObject(personId) });
    return { sessionId };
  });
}

/** Roles of the platform's membership hold in every tenant, but for the platform's own. */
function identityOf(row: IdentityRow): PersonIdentity {
  const everywhere = row.platform_roles.filter((role) => role !== "platform-admin");
  const roles = [...new Set([...row.tenant_roles, ...everywhere])];
  const tenant =
    row.tenant_id === null || row.status === null || row.status === "offboarded" || roles.length === 0
      ? null
      : { id: row.tenant_id, status: row.status, roles };
  return {
    personId: row.person_id,
    sessionId: row.session_id,
    authenticatedAt: instantOf(row.authenticated_at),
    idleEndsAt: instantOf(row.idle_ends_at),
    endsAt: instantOf(row.ends_at),
    platformRoles: row.platform_roles,
    tenant,
  };
}
