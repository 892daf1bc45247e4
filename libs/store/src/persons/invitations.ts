import { AppError } from "@tandem/kernel";
import type { Actor, ActorRole, ControlStore } from "@tandem/ports/store/control";
import type { Claim, InvitationView } from "@tandem/ports/store/persons";
import { violatedUnique } from "../database/database-error.ts";
import { type ControlContext, cursorText, effectIdOf, pageSize, tenantOf, toPage, UUID } from "../control/context.ts";
import { plainChange } from "../control/plain-change.ts";
import type { Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { becomeIn } from "../tenant-life/both-chains.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { entryOf } from "../audit/facts.ts";
import {
  type AccessChange,
  anybody,
  changeAccess,
  inAccess,
  membershipScope,
  personalActor,
  personObject,
} from "./access-scope.ts";
import { INVITATION_COLUMNS, type InvitationRow, invitationOf } from "./person-row.ts";
import { invitationRefused } from "./sign-in.ts";

const IS_OPEN = "used_at IS NULL AND revoked_at IS NULL AND expires_at > clock_timestamp()";
const LIST = `
  SELECT ${INVITATION_COLUMNS} FROM person_invitation WHERE tenant_id = $1 AND email IS NOT NULL AND ${IS_OPEN}
    AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`;
const INSERT = `
  INSERT INTO person_invitation (tenant_id, id, token_hash, email, roles, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
  RETURNING ${INVITATION_COLUMNS}`;
const REPLACE = `
  UPDATE person_invitation SET revoked_at = clock_timestamp() WHERE tenant_id = $1 AND email = $2 AND used_at IS NULL AND revoked_at IS NULL`;
const REPLACE_FIRST = `
  UPDATE person_invitation SET revoked_at = clock_timestamp() WHERE email IS NULL AND used_at IS NULL AND revoked_at IS NULL`;
const REVOKE = `
  UPDATE person_invitation SET revoked_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2 AND used_at IS NULL AND revoked_at IS NULL`;
const IS_THERE = "SELECT 1 FROM person_invitation WHERE tenant_id = $1 AND id = $2";
const LOOK = `
  SELECT i.email, i.roles, i.tenant_id, t.slug, t.name, p.id AS person_id, p.password_hash, p.disabled_at,
    NOT EXISTS (SELECT FROM person) AS is_first_run
  FROM person_invitation i JOIN tenant t ON t.id = i.tenant_id LEFT JOIN person p ON p.email = i.email
  WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp()
    AND t.status IN ('active', 'suspended')`;
const USE = `
  UPDATE person_invitation SET used_at = clock_timestamp(), used_by = $2 WHERE id = $1 AND ${IS_OPEN}`;
const LOCK = `
  SELECT i.id, i.tenant_id, i.email, i.roles FROM person_invitation i JOIN tenant t ON t.id = i.tenant_id
  WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp()
    AND t.status IN ('active', 'suspended') FOR UPDATE OF i`;
const ONE_FIRST_RUN = "SELECT pg_advisory_xact_lock(hashtextextended('person:first-run', 0))";
const IS_FIRST = "SELECT 1 FROM person LIMIT 1";
const KNOWN = "SELECT id, disabled_at FROM person WHERE email = $1";
const CREATE = `
  INSERT INTO person (tenant_id, id, email, name, password_hash) VALUES ('${PLATFORM_TENANT_ID}', $1, $2, $3, $4)`;
const JOIN = `
  INSERT INTO membership (tenant_id, person_id, source, roles, created_by) VALUES ($1, $2, 'member', $3, $4)
  ON CONFLICT (tenant_id, person_id, source) DO UPDATE SET roles = (
    SELECT array_agg(DISTINCT r ORDER BY r) FROM unnest(membership.roles || excluded.roles) r)`;

/** Of the first person: the platform's administrator, who may act in every tenant. */
const FIRST_ROLES: readonly ActorRole[] = ["platform-admin", "tenant-admin"];

interface LookRow {
  readonly email: string | null;
  readonly roles: ActorRole[];
  readonly tenant_id: string;
  readonly slug: string;
  readonly name: string;
  readonly person_id: string | null;
  readonly password_hash: string | null;
  readonly disabled_at: Date | null;
  readonly is_first_run: boolean;
}

/** An invitation under its lock. */
export interface OpenInvitation {
  readonly id: string;
  readonly tenant_id: string;
  readonly email: string | null;
  readonly roles: ActorRole[];
}

type Methods = Pick<
  ControlStore,
  "makeFirstRun" | "lookAtInvitation" | "claimInvitation" | "invitations" | "invite" | "revokeInvitation"
>;

export function invitationMethods(context: ControlContext): Methods {
  return {
    makeFirstRun: (tokenHash, expiresAt) =>
      inAccess(context, async (sql) => {
        await sql.rows(ONE_FIRST_RUN);
        if ((await sql.row(IS_FIRST)) !== null) return null;
        await sql.run(REPLACE_FIRST);
        const invitationId = context.options.newId();
        await sql.run(INSERT, [
          PLATFORM_TENANT_ID,
          invitationId,
          tokenHash,
          null,
          FIRST_ROLES,
          "system:start",
          expiresAt,
        ]);
        return { invitationId };
      }),
    lookAtInvitation: async (tokenHash) =>
      viewOf(await inAccess(context, (sql) => sql.row<LookRow>(LOOK, [tokenHash]))),
    claimInvitation: (tokenHash, claim, requestId) => claimInvitation(context, tokenHash, { claim, requestId }),
    invitations: async (actor, page) => {
      const parameters = [tenantOf(actor), cursorText(page, UUID), pageSize(page)];
      const rows = await inTransaction(context.pool, membershipScope(actor), (sql) =>
        sql.rows<InvitationRow>(LIST, parameters),
      );
      return toPage(rows, page, invitationOf, (row) => row.id);
    },
    invite: (actor, wish) => invite(context, actor, wish),
    revokeInvitation: (actor, id) => revoke(context, actor, id),
  };
}

type Wish = Parameters<ControlStore["invite"]>[1];

const invite = (context: ControlContext, actor: Actor, { tokenHash, email, roles, expiresAt }: Wish) =>
  plainChange(
    context,
    actor,
    async ({ sql, audit }) => {
      const [tenantId, id] = [tenantOf(actor), effectIdOf(context, actor)];
      await sql.run(REPLACE, [tenantId, email]);
      const row = await sql
        .row<InvitationRow>(INSERT, [tenantId, id, tokenHash, email, roles, actor.subject, expiresAt])
        .catch((error: unknown) => {
          if (violatedUnique(error) === null) throw error;
          throw new AppError(
            "already_exists",
            "This request has made an invitation already: make another with a new key",
          );
        });
      if (row === null) throw new AppError("internal", "The invitation was not stored");
      audit({ action: "member.invited", object: `invitation/${id}`, after: { roles: [...roles], expiresAt } });
      return invitationOf(row);
    },
    membershipScope(actor),
  );

async function revoke(context: ControlContext, actor: Actor, id: string): Promise<void> {
  const missing = () => new AppError("not_found", "There is no such invitation.");
  if (!UUID.test(id)) throw missing();
  await plainChange(
    context,
    actor,
    async ({ sql, audit }) => {
      const key = [tenantOf(actor), id];
      if ((await sql.row(IS_THERE, key)) === null) throw missing();
      if ((await sql.run(REVOKE, key)) > 0) audit({ action: "invitation.revoked", object: `invitation/${id}` });
    },
    membershipScope(actor),
  );
}

function viewOf(row: LookRow | null): InvitationView | null {
  if (row === null || row.disabled_at !== null) return null;
  if (row.email === null && !row.is_first_run) return null;
  return {
    kind: row.email === null ? "first-run" : "invitation",
    email: row.email,
    tenant: row.tenant_id === PLATFORM_TENANT_ID ? null : { slug: row.slug, name: row.name },
    roles: row.roles,
    passwordHash: row.password_hash,
    isKnown: row.person_id !== null,
  };
}

interface Claiming {
  readonly claim: Claim;
  readonly requestId: string;
}

const claimInvitation = (context: ControlContext, tokenHash: string, { claim, requestId }: Claiming) =>
  changeAccess(context, anybody(requestId), async (change) => {
    const { sql } = change;
    await sql.rows(ONE_FIRST_RUN);
    const open = await sql.row<OpenInvitation>(LOCK, [tokenHash]);
    if (open === null) throw invitationRefused();
    if (open.email === null && (await sql.row(IS_FIRST)) !== null) throw invitationRefused();
    const email = (open.email ?? claim.email ?? "").toLowerCase();
    const personId = await personFor(context, change, { email, claim, requestId });
    await acceptInvitation(context, sql, open, { personId, requestId });
    return { personId };
  });

/** The person with the address: there already and known to be the one who asks, or new with a password. */
async function personFor(
  context: ControlContext,
  { sql, audit }: AccessChange,
  { email, claim, requestId }: Claiming & { readonly email: string },
): Promise<string> {
  const known = await sql.row<{ id: string; disabled_at: Date | null }>(KNOWN, [email]);
  // Whoever was here when the claim was judged must be here still, and nobody else.
  if ((known === null) !== (claim.passwordHash !== null)) throw invitationRefused();
  if (known !== null) {
    if (known.disabled_at !== null) throw invitationRefused();
    return known.id;
  }
  const personId = context.options.newId();
  await sql.run(CREATE, [personId, email, claim.name, claim.passwordHash]);
  audit({ action: "person.created", object: personObject(personId) }, personalActor(personId, requestId));
  return personId;
}

/** Makes the person a member, with the account in the chain of the tenant; the transaction goes on as it was. */
export async function acceptInvitation(
  context: ControlContext,
  sql: Sql,
  { id, tenant_id: tenantId, roles }: OpenInvitation,
  { personId, requestId }: { readonly personId: string; readonly requestId: string },
): Promise<void> {
  if ((await sql.run(USE, [id, personId])) === 0) throw invitationRefused();
  await sql.run(JOIN, [tenantId, personId, roles, `invitation:${id}`]);
  await accountIn(context, sql, tenantId, {
    actor: personalActor(personId, requestId),
    entry: { action: "member.joined", object: personObject(personId), after: { roles } },
  });
}

/** An audit row in the chain of a tenant (or the platform) under the role for persons. */
export async function accountIn(
  context: ControlContext,
  sql: Sql,
  tenantId: string,
  { actor, entry }: { readonly actor: Actor; readonly entry: Parameters<typeof entryOf>[1] },
): Promise<void> {
  await becomeIn(sql, tenantId, "tandem_access");
  const closing = new ClosingWrites(sql, tenantId);
  closing.audit(entryOf(actor, entry), actor.requestId);
  await closing.write(context.options.newId);
  await becomeIn(sql, PLATFORM_TENANT_ID, "tandem_access");
}
