import { AppError } from "@tandem/kernel";
import type { Actor, ActorRole, ControlStore } from "@tandem/ports/store/control";
import type { Member } from "@tandem/ports/store/persons";
import { type ControlContext, cursorText, pageSize, tenantOf, toPage, UUID } from "../control/context.ts";
import { plainChange, type PlainChange } from "../control/plain-change.ts";
import { inTransaction } from "../database/transaction.ts";
import { membershipScope, personObject, personSubject } from "./access-scope.ts";
import {
  MEMBER_COLUMNS,
  type MemberRow,
  memberOf,
  noSuchPerson,
  noSuchSession,
  SESSION_COLUMNS,
  type SessionRow,
  sessionOf,
} from "./person-row.ts";
import { IS_OPEN } from "./sessions.ts";

const IN_FORCE = "(m.expires_at IS NULL OR m.expires_at > clock_timestamp())";
const CURSOR = /^[^\n]{1,320}\n[a-z-]{1,20}$/;
const LIST = `
  SELECT ${MEMBER_COLUMNS} FROM membership m JOIN person p ON p.id = m.person_id
  WHERE m.tenant_id = $1 AND ${IN_FORCE} AND ($2::text IS NULL OR (p.email, m.source) > ($2, $3)) ORDER BY p.email, m.source LIMIT $4`;
const ONE = `
  SELECT ${MEMBER_COLUMNS} FROM membership m JOIN person p ON p.id = m.person_id
  WHERE m.tenant_id = $1 AND m.person_id = $2 AND m.source = 'member'`;
const IS_MEMBER = "SELECT 1 FROM membership WHERE tenant_id = $1 AND person_id = $2";
const BY_PROVIDER = "SELECT 1 FROM membership WHERE tenant_id = $1 AND person_id = $2 AND source = 'provider'";
const CHANGE = "UPDATE membership SET roles = $3 WHERE tenant_id = $1 AND person_id = $2 AND source = 'member'";
const REMOVE = "DELETE FROM membership WHERE tenant_id = $1 AND person_id = $2 AND source <> 'provider'";
const SESSIONS = `SELECT ${SESSION_COLUMNS} FROM person_session s WHERE s.person_id = $1 AND ${IS_OPEN} ORDER BY s.seen_at DESC LIMIT 100`;
const END = `
  UPDATE person_session SET ended_at = clock_timestamp() WHERE person_id = $1 AND id = $2 AND ended_at IS NULL`;

type Methods = Pick<ControlStore, "members" | "changeMember" | "removeMember" | "memberSessions" | "endMemberSession">;

export function memberMethods(context: ControlContext): Methods {
  const changing = <Result>(actor: Actor, personId: string, work: (change: PlainChange) => Promise<Result>) =>
    changeOfMember(context, actor, personId, work);
  return {
    members: async (actor, page) => {
      const [email = null, source = null] = cursorText(page, CURSOR)?.split("\n") ?? [];
      const parameters = [tenantOf(actor), email, source, pageSize(page)];
      const rows = await inTransaction(context.pool, membershipScope(actor), (sql) =>
        sql.rows<MemberRow>(LIST, parameters),
      );
      return toPage(rows, page, memberOf, (row) => `${row.email}\n${row.source}`);
    },
    changeMember: (actor, personId, roles) =>
      changing(actor, personId, (change) => changeRoles(change, actor, personId, roles)),
    removeMember: (actor, personId) => changing(actor, personId, (change) => remove(change, actor, personId)),
    memberSessions: (actor, personId) =>
      changing(actor, personId, async ({ sql }) => (await sql.rows<SessionRow>(SESSIONS, [personId])).map(sessionOf)),
    endMemberSession: (actor, personId, sessionId) =>
      changing(actor, personId, async ({ sql, audit }) => {
        if (!UUID.test(sessionId) || (await sql.run(END, [personId, sessionId])) === 0) throw noSuchSession();
        audit({ action: "person-session.ended", object: personObject(personId) });
      }),
  };
}

/** Within the actor's tenant, about one of its members; throws `not_found` for everybody else. */
async function changeOfMember<Result>(
  context: ControlContext,
  actor: Actor,
  personId: string,
  work: (change: PlainChange) => Promise<Result>,
): Promise<Result> {
  if (!UUID.test(personId)) throw noSuchPerson();
  const checked = async (change: PlainChange) => {
    if ((await change.sql.row(IS_MEMBER, [tenantOf(actor), personId])) === null) throw noSuchPerson();
    return work(change);
  };
  return plainChange(context, actor, checked, membershipScope(actor));
}

/** Nobody gives themselves more, or locks themselves out. */
function requireAnother(actor: Actor, personId: string): void {
  if (actor.subject === personSubject(personId))
    throw new AppError("conflict", "Your own membership is changed by somebody else");
}

async function changeRoles(
  { sql, audit }: PlainChange,
  actor: Actor,
  personId: string,
  roles: readonly ActorRole[],
): Promise<Member> {
  requireAnother(actor, personId);
  const key = [tenantOf(actor), personId] as const;
  const before = await sql.row<MemberRow>(ONE, key);
  if (before === null) throw byProvider();
  await sql.run(CHANGE, [...key, roles]);
  audit({ action: "member.changed", object: personObject(personId), before: before.roles, after: [...roles] });
  return memberOf({ ...before, roles: [...roles] });
}

async function remove({ sql, audit }: PlainChange, actor: Actor, personId: string): Promise<void> {
  requireAnother(actor, personId);
  const key = [tenantOf(actor), personId] as const;
  if ((await sql.run(REMOVE, key)) > 0) audit({ action: "member.removed", object: personObject(personId) });
  if ((await sql.row(BY_PROVIDER, key)) !== null) throw byProvider();
}

const byProvider = (): AppError =>
  new AppError("conflict", "This membership comes from the identity provider: change it there");
