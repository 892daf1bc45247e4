import { AppError } from "@tandem/kernel";
import type { ActorRole, ControlStore, Page, PageRequest } from "@tandem/ports/store/control";
import type { PersonTenant } from "@tandem/ports/store/persons";
import { type ControlContext, cursorText, pageSize, toPage } from "../control/context.ts";
import { inOverview } from "../overview/overview-scope.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { changeAccess, inAccess, personalActor, personObject } from "./access-scope.ts";
import { noSuchPerson, type PersonRow, personOf } from "./person-row.ts";

const SLUG = /^[a-z0-9-]{1,64}$/;

const IS_FIRST_RUN = "SELECT NOT EXISTS (SELECT FROM person) AS first";
const BY_ID = "SELECT * FROM person WHERE id = $1";
const CANDIDATE = `
  SELECT p.id, p.password_hash, EXISTS (SELECT FROM membership m WHERE m.person_id = p.id AND m.tenant_id = '${PLATFORM_TENANT_ID}'
    AND 'platform-admin' = ANY (m.roles)) AS is_platform_admin
  FROM person p WHERE p.email = $1 AND p.password_hash IS NOT NULL AND p.disabled_at IS NULL`;
const SET_PASSWORD = "UPDATE person SET password_hash = $2 WHERE id = $1 AND disabled_at IS NULL";
const END_OTHERS = `
  UPDATE person_session SET ended_at = clock_timestamp() WHERE person_id = $1 AND id <> $2 AND ended_at IS NULL`;
// The platform's membership holds in every tenant, but for its own role.
const TENANTS = `
  WITH everywhere AS (
    SELECT DISTINCT r AS role FROM membership m, unnest(m.roles) r
    WHERE m.person_id = $1 AND m.tenant_id = '${PLATFORM_TENANT_ID}' AND r <> 'platform-admin')
  SELECT * FROM (
    SELECT t.id, t.slug, t.name, t.status, ARRAY(
      SELECT r FROM membership m, unnest(m.roles) r WHERE m.person_id = $1 AND m.tenant_id = t.id
        AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp())
      UNION SELECT role FROM everywhere ORDER BY 1) AS roles
    FROM tenant t
    WHERE t.id <> '${PLATFORM_TENANT_ID}' AND t.status <> 'offboarded' AND ($2::text IS NULL OR t.slug > $2)
      AND ($3::text IS NULL OR strpos(t.slug, lower($3)) > 0 OR strpos(lower(t.name), lower($3)) > 0)
      AND (EXISTS (SELECT FROM everywhere) OR t.id IN (SELECT tenant_id FROM membership WHERE person_id = $1))) AS found
  WHERE cardinality(roles) > 0 ORDER BY slug LIMIT $4`;

const ZONES = `
  SELECT d.tenant_id AS id, mode() WITHIN GROUP (ORDER BY coalesce(d.time_zone, v.time_zone)) AS zone FROM deployment d
  LEFT JOIN slot s ON s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND s.slot = d.pointer_active
  LEFT JOIN release v ON v.tenant_id = s.tenant_id AND v.hash = s.bundle_hash
  WHERE d.tenant_id = ANY($1::uuid[]) GROUP BY d.tenant_id`;

interface CandidateRow {
  readonly id: string;
  readonly password_hash: string;
  readonly is_platform_admin: boolean;
}

interface TenantRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly status: PersonTenant["status"];
  readonly roles: ActorRole[];
}

type KnownRow = PersonRow & { readonly password_hash: string | null; readonly issuer: string | null };

type Methods = Pick<
  ControlStore,
  "isFirstRun" | "person" | "tenantsOfPerson" | "signInCandidate" | "changePassword" | "passwordHashOf"
>;

export function signInMethods(context: ControlContext): Methods {
  const known = (personId: string) => inAccess(context, (sql) => sql.row<KnownRow>(BY_ID, [personId]));
  return {
    isFirstRun: async () =>
      (await inAccess(context, (sql) => sql.row<{ first: boolean }>(IS_FIRST_RUN, [])))?.first === true,
    person: async (personId) => {
      const row = await known(personId);
      return row === null ? null : { ...personOf(row), hasPassword: row.password_hash !== null, issuer: row.issuer };
    },
    passwordHashOf: async (personId) => (await known(personId))?.password_hash ?? null,
    tenantsOfPerson: (personId, search, page) => tenantsOf(context, { personId, search }, page),
    signInCandidate: async (email) => {
      const row = await inAccess(context, (sql) => sql.row<CandidateRow>(CANDIDATE, [email.toLowerCase()]));
      return row === null
        ? null
        : { personId: row.id, passwordHash: row.password_hash, isPlatformAdmin: row.is_platform_admin };
    },
    changePassword: (personId, { passwordHash, keptSessionId }, requestId) =>
      changeAccess(context, personalActor(personId, requestId), async ({ sql, audit }) => {
        if ((await sql.run(SET_PASSWORD, [personId, passwordHash])) === 0) throw noSuchPerson();
        await sql.run(END_OTHERS, [personId, keptSessionId]);
        audit({ action: "person.password-changed", object: personObject(personId) });
      }),
  };
}

async function tenantsOf(
  context: ControlContext,
  { personId, search }: { readonly personId: string; readonly search: string | null },
  page: PageRequest,
): Promise<Page<PersonTenant>> {
  const parameters = [personId, cursorText(page, SLUG), search, pageSize(page)];
  const rows = await inAccess(context, (sql) => sql.rows<TenantRow>(TENANTS, parameters));
  const zones = await zonesOf(context, personId, rows);
  return toPage(
    rows,
    page,
    (row): PersonTenant => ({ ...row, timeZone: zones.get(row.id) ?? null }),
    (row) => row.slug,
  );
}

/** The zone of most deployments of each tenant that names one; what the person may see of deployments is seen as in the overview. */
async function zonesOf(context: ControlContext, personId: string, tenants: readonly TenantRow[]) {
  if (tenants.length === 0) return new Map<string, string | null>();
  const rows = await inOverview(context.pool, { kind: "person", personId }, (sql) =>
    sql.rows<{ id: string; zone: string | null }>(ZONES, [tenants.map(({ id }) => id)]),
  );
  return new Map(rows.map(({ id, zone }) => [id, zone]));
}

/** Refuses without saying which of the reasons it is. */
export const invitationRefused = (): AppError =>
  new AppError("invitation_refused", "The link is used up, too old, taken back, or not one of ours");
