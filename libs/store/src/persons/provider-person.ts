import { AppError } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import type { ProviderIdentity } from "@tandem/ports/store/persons";
import type { ControlContext } from "../control/context.ts";
import type { Sql } from "../database/sql.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { type AccessChange, anybody, changeAccess, personalActor, personObject } from "./access-scope.ts";
import { acceptInvitation, accountIn, type OpenInvitation } from "./invitations.ts";

const BOUND = "SELECT id, disabled_at FROM person WHERE issuer = $1 AND subject = $2 FOR NO KEY UPDATE";
const BY_EMAIL = "SELECT id, disabled_at, issuer FROM person WHERE email = $1 FOR NO KEY UPDATE";
const INVITED = `
  SELECT i.id, i.tenant_id, i.email, i.roles FROM person_invitation i JOIN tenant t ON t.id = i.tenant_id
  WHERE i.email = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp()
    AND t.status IN ('active', 'suspended') ORDER BY i.id FOR UPDATE OF i`;
// Who chose a password before the address was verified need not be who has the address: it fits no more, but for the platform's own.
const BIND = `
  UPDATE person p SET issuer = $2, subject = $3, password_hash = CASE WHEN EXISTS (
    SELECT FROM membership m WHERE m.person_id = p.id AND m.tenant_id = '${PLATFORM_TENANT_ID}' AND m.source = 'member') THEN password_hash END
  WHERE id = $1 AND issuer IS NULL`;
const END_SESSIONS = `
  UPDATE person_session SET ended_at = clock_timestamp() WHERE person_id = $1 AND ended_at IS NULL`;
const CREATE = `
  INSERT INTO person (tenant_id, id, email, name, issuer, subject) VALUES ('${PLATFORM_TENANT_ID}', $1, $2, $3, $4, $5)`;
const TENANTS =
  "SELECT id, slug FROM tenant WHERE slug = ANY ($1) AND id <> $2 AND status IN ('active', 'suspended') ORDER BY id";
const GIVEN = "SELECT tenant_id, roles FROM membership WHERE person_id = $1 AND source = 'provider' ORDER BY tenant_id";
const PUT = `
  INSERT INTO membership (tenant_id, person_id, source, roles, created_by) VALUES ($1, $2, 'provider', $3, 'provider')
  ON CONFLICT (tenant_id, person_id, source) DO UPDATE SET roles = excluded.roles`;
const TAKE = "DELETE FROM membership WHERE tenant_id = $1 AND person_id = $2 AND source = 'provider'";

interface Asked {
  readonly context: ControlContext;
  readonly sql: Sql;
  readonly audit: AccessChange["audit"];
  readonly identity: ProviderIdentity;
  readonly requestId: string;
}

export function providerPersonMethods(context: ControlContext): Pick<ControlStore, "personOfProvider"> {
  return {
    personOfProvider: (identity, requestId) =>
      changeAccess(context, anybody(requestId), async ({ sql, audit }) => {
        const asked = { context, sql, audit, identity, requestId };
        const personId = (await boundPerson(asked)) ?? (await newcomer(asked));
        if (personId === null) return null;
        await takeInvitations(asked, personId);
        if (identity.roles !== null) await followClaims(asked, personId);
        return { personId };
      }),
  };
}

const disabled = (): AppError => new AppError("unauthenticated", "This person may not sign in");

async function boundPerson({ sql, identity }: Asked): Promise<string | null> {
  const row = await sql.row<{ id: string; disabled_at: Date | null }>(BOUND, [identity.issuer, identity.subject]);
  if (row !== null && row.disabled_at !== null) throw disabled();
  return row?.id ?? null;
}

/** Bound for the first time: by an open invitation to an address that the provider has verified, or by what its claim gives. */
async function newcomer({ context, sql, audit, identity, requestId }: Asked): Promise<string | null> {
  const { issuer, subject, verifiedEmail, name, roles } = identity;
  if (verifiedEmail === null) return null;
  const isInvited = (await sql.rows(INVITED, [verifiedEmail])).length > 0;
  const isGiven = roles !== null && roles.size > 0;
  if (!isInvited && !isGiven) return null;
  const known = await sql.row<{ id: string; disabled_at: Date | null; issuer: string | null }>(BY_EMAIL, [
    verifiedEmail,
  ]);
  if (known !== null) {
    if (known.disabled_at !== null) throw disabled();
    // Another identity has this person already, or nobody with a right to say so has invited this one.
    if (known.issuer !== null || !isInvited) return null;
    await sql.run(BIND, [known.id, issuer, subject]);
    await sql.run(END_SESSIONS, [known.id]);
    audit({ action: "person.bound", object: personObject(known.id) }, personalActor(known.id, requestId));
    return known.id;
  }
  const personId = context.options.newId();
  await sql.run(CREATE, [personId, verifiedEmail, name, issuer, subject]);
  audit({ action: "person.created", object: personObject(personId) }, personalActor(personId, requestId));
  return personId;
}

async function takeInvitations({ context, sql, identity, requestId }: Asked, personId: string): Promise<void> {
  if (identity.verifiedEmail === null) return;
  for (const open of await sql.rows<OpenInvitation>(INVITED, [identity.verifiedEmail]))
    await acceptInvitation(context, sql, open, { personId, requestId });
}

/** Memberships that the provider speaks of become what it says now; those given by hand stay. */
async function followClaims({ context, sql, identity, requestId }: Asked, personId: string): Promise<void> {
  const said = identity.roles ?? new Map<string, never>();
  const tenants = await sql.rows<{ id: string; slug: string }>(TENANTS, [[...said.keys()], PLATFORM_TENANT_ID]);
  const wanted = new Map(tenants.map(({ id, slug }) => [id, [...(said.get(slug) ?? [])].toSorted()]));
  const ofPlatform = said.get("*");
  if (ofPlatform !== undefined) wanted.set(PLATFORM_TENANT_ID, [...ofPlatform].toSorted());
  const rows = await sql.rows<{ tenant_id: string; roles: string[] }>(GIVEN, [personId]);
  const given = new Map(rows.map((row) => [row.tenant_id, row.roles]));
  for (const tenantId of [...new Set([...wanted.keys(), ...given.keys()])].toSorted()) {
    const [before, after] = [given.get(tenantId) ?? null, wanted.get(tenantId) ?? null];
    if (before?.join() === after?.join()) continue;
    if (after === null) await sql.run(TAKE, [tenantId, personId]);
    else await sql.run(PUT, [tenantId, personId, after]);
    const entry = { action: "member.changed", object: personObject(personId), before, after, reason: "provider" };
    await accountIn(context, sql, tenantId, { actor: personalActor(personId, requestId), entry });
  }
}
