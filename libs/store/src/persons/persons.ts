import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { Member, Person } from "@tandem/ports/store/persons";
import { type ControlContext, cursorText, pageSize, requirePlatform, toPage, UUID } from "../control/context.ts";
import { noSuchTenant } from "../tenant-life/tenant-status.ts";
import { becomeIn } from "../tenant-life/both-chains.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { entryOf } from "../audit/facts.ts";
import { changeAccess, inAccess, personObject, personSubject } from "./access-scope.ts";
import { MEMBER_COLUMNS, type MemberRow, memberOf, noSuchPerson, type PersonRow, personOf } from "./person-row.ts";

const EMAIL = /^[^\n]{1,320}$/;
const LIST = "SELECT * FROM person WHERE ($1::text IS NULL OR email > $1) ORDER BY email LIMIT $2";
const LOCK = "SELECT * FROM person WHERE id = $1 FOR UPDATE";
const SET = "UPDATE person SET disabled_at = CASE WHEN $2 THEN clock_timestamp() END WHERE id = $1 RETURNING *";
const SET_MEMBERSHIPS =
  "UPDATE membership SET disabled_at = CASE WHEN $2 THEN clock_timestamp() END WHERE person_id = $1";
const END_SESSIONS = `
  UPDATE person_session SET ended_at = clock_timestamp() WHERE person_id = $1 AND ended_at IS NULL`;
const TENANT = "SELECT 1 FROM tenant WHERE id = $1 AND id <> $2 AND status <> 'offboarded'";
const HAS = `
  SELECT 1 FROM membership WHERE person_id = $2 AND tenant_id = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp())`;
const BREAK_GLASS = `
  INSERT INTO membership (tenant_id, person_id, source, roles, created_by, expires_at)
  VALUES ($1, $2, 'break-glass', ARRAY['viewer'], $3, clock_timestamp() + interval '60 minutes')
  ON CONFLICT (tenant_id, person_id, source) DO UPDATE SET created_at = clock_timestamp(), expires_at = excluded.expires_at`;
const ONE = `
  SELECT ${MEMBER_COLUMNS} FROM membership m JOIN person p ON p.id = m.person_id
  WHERE m.tenant_id = $1 AND m.person_id = $2 AND m.source = 'break-glass'`;

type Methods = Pick<ControlStore, "persons" | "setPersonDisabled" | "breakGlass">;

export function personMethods(context: ControlContext): Methods {
  return {
    persons: async (actor, page) => {
      requirePlatform(actor);
      const parameters = [cursorText(page, EMAIL), pageSize(page)];
      const rows = await inAccess(context, (sql) => sql.rows<PersonRow>(LIST, parameters));
      return toPage(rows, page, personOf, (row) => row.email);
    },
    setPersonDisabled: async (actor, personId, isDisabled, reason) =>
      setDisabled(context, actor, personId, { isDisabled, reason }),
    breakGlass: async (actor, tenantId, reason) => breakGlass(context, actor, { tenantId, reason }),
  };
}

/** With their sessions, and with what they have approved. */
async function setDisabled(
  context: ControlContext,
  actor: Actor,
  personId: string,
  { isDisabled, reason }: { readonly isDisabled: boolean; readonly reason: string | null },
): Promise<Person> {
  requirePlatform(actor);
  if (!UUID.test(personId)) throw noSuchPerson();
  if (actor.subject === personSubject(personId))
    throw new AppError("conflict", "You cannot disable yourself: somebody must be left who can enable you");
  return changeAccess(context, actor, async ({ sql, audit }) => {
    const before = await sql.row<PersonRow>(LOCK, [personId]);
    if (before === null) throw noSuchPerson();
    if ((before.disabled_at !== null) === isDisabled) return personOf(before);
    const after = await sql.row<PersonRow>(SET, [personId, isDisabled]);
    await sql.run(SET_MEMBERSHIPS, [personId, isDisabled]);
    if (isDisabled) await sql.run(END_SESSIONS, [personId]);
    const action = isDisabled ? "person.disabled" : "person.enabled";
    audit({ action, object: personObject(personId), ...(reason !== null && { reason }) });
    return personOf(after ?? before);
  });
}

interface Breaking {
  readonly tenantId: string;
  readonly reason: string;
}

async function breakGlass(context: ControlContext, actor: Actor, { tenantId, reason }: Breaking): Promise<Member> {
  requirePlatform(actor);
  const personId = /^person:(.+)$/.exec(actor.subject)?.[1];
  if (personId === undefined) throw new AppError("conflict", "Only a person looks into a tenant's data, not a key");
  if (!UUID.test(tenantId)) throw noSuchTenant();
  return changeAccess(context, actor, async ({ sql, audit }) => {
    if ((await sql.row(TENANT, [tenantId, PLATFORM_TENANT_ID])) === null) throw noSuchTenant();
    if ((await sql.row(HAS, [tenantId, personId])) !== null)
      throw new AppError("conflict", "You are a member of this tenant already");
    await sql.run(BREAK_GLASS, [tenantId, personId, actor.subject]);
    const row = await sql.row<MemberRow>(ONE, [tenantId, personId]);
    if (row === null) throw noSuchPerson();
    const member = memberOf(row);
    const facts = { action: "tenant.glass-broken", object: `tenant/${tenantId}`, after: member.expiresAt, reason };
    await becomeIn(sql, tenantId, "tandem_access");
    const own = new ClosingWrites(sql, tenantId);
    own.audit(entryOf(actor, facts), actor.requestId);
    own.enqueue(facts.action, { actor: actor.subject, reason, until: member.expiresAt });
    await own.write(context.options.newId);
    await becomeIn(sql, PLATFORM_TENANT_ID, "tandem_access");
    audit(facts);
    return member;
  });
}
