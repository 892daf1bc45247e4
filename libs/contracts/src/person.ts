import { z } from "zod";
import { RoleName } from "./api-key.ts";
import { InstantText } from "./json.ts";
import { PageQuery, pageOf } from "./page.ts";

/** Roles that a person may have in a tenant: `ci` is for keys, `platform-admin` for the platform. */
const MemberRole = z.enum(["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "platform-admin"]);
const MemberRoles = z
  .array(MemberRole)
  .min(1)
  .max(7)
  .describe("`platform-admin` in the platform only; any other role of a member of the platform holds in every tenant.");

const Email = z
  .string()
  .max(254)
  .regex(/^[^\s@]{1,64}@[^\s@]{1,180}$/, "must be an e-mail address");
const NewPassword = z.string().min(12, "must have at least 12 characters").max(200);
const GivenPassword = z.string().min(1).max(200);
const PersonName = z.string().trim().min(1).max(120);
const OneTimeToken = z.string().min(1).max(64).describe("What stands behind the `#` of the link.");

export const SignIn = z.strictObject({ email: z.string().max(254), password: GivenPassword }).meta({ id: "SignIn" });
export type SignIn = z.infer<typeof SignIn>;

export const Reauthenticate = z.strictObject({ password: GivenPassword }).meta({ id: "Reauthenticate" });
export type Reauthenticate = z.infer<typeof Reauthenticate>;

export const ChangePassword = z
  .strictObject({ password: GivenPassword.describe("The present one."), newPassword: NewPassword })
  .meta({ id: "ChangePassword" });
export type ChangePassword = z.infer<typeof ChangePassword>;

export const LookAtInvitation = z.strictObject({ token: OneTimeToken }).meta({ id: "LookAtInvitation" });
export type LookAtInvitation = z.infer<typeof LookAtInvitation>;

/** What a link of invitation is about. */
export const InvitationView = z
  .object({
    kind: z.enum(["first-run", "invitation"]),
    email: z.string().nullable().describe("Null: choose one."),
    tenant: z.object({ slug: z.string(), name: z.string() }).nullable().describe("Null: the platform."),
    roles: z.array(RoleName),
    how: z
      .enum(["new-password", "own-password", "provider"])
      .describe("`new-password`: choose one; `own-password`: give the one you have; `provider`: sign in there."),
  })
  .meta({ id: "InvitationView" });

export const ClaimInvitation = z
  .strictObject({
    token: OneTimeToken,
    email: Email.optional().describe("On the first run only."),
    name: PersonName.optional().describe("Of a person who is new."),
    password: z
      .string()
      .min(1)
      .max(200)
      .describe("Chosen, at least 12 characters, or the one that the person has already."),
  })
  .meta({ id: "ClaimInvitation" });
export type ClaimInvitation = z.infer<typeof ClaimInvitation>;

const Permissions = z.array(z.string()).describe("Names of what may be done, as the routes of the API ask for it.");

export const PersonTenant = z
  .object({
    id: z.uuid(),
    slug: z.string().describe("For the header `Tandem-Tenant`."),
    name: z.string(),
    status: z.enum(["active", "suspended", "offboarding", "offboarded"]),
    roles: z.array(RoleName),
    permissions: Permissions,
    timeZone: z
      .string()
      .nullable()
      .describe("IANA: where most of its deployments have their callers; null where nothing names a zone."),
  })
  .meta({ id: "PersonTenant" });
export const PersonTenantPage = pageOf("PersonTenantPage", PersonTenant);

export const PersonTenantQuery = z.strictObject({
  ...PageQuery.shape,
  search: z.string().max(120).optional().describe("In slug and name."),
});
export type PersonTenantQuery = z.infer<typeof PersonTenantQuery>;

/** Who is signed in here, and how one signs in. */
export const BrowserSession = z
  .object({
    person: z
      .object({
        id: z.uuid(),
        email: z.string(),
        name: z.string(),
        hasPassword: z.boolean(),
        confirmsWith: z.enum(["password", "provider"]).describe("How the person shows again who they are."),
      })
      .nullable()
      .describe("Null: nobody is signed in."),
    session: z
      .object({
        id: z.uuid(),
        idleEndsAt: InstantText.describe("Unless it is used before."),
        endsAt: InstantText,
        confirmedUntil: InstantText.describe("Until then nothing asks to confirm who one is."),
      })
      .nullable(),
    platform: z
      .object({ roles: z.array(RoleName), permissions: Permissions })
      .nullable()
      .describe("What may be done without naming a tenant; null: nothing."),
    tenants: PersonTenantPage.describe("The first of them; the rest at /v1/session/tenants."),
    signIn: z.object({
      provider: z.boolean().describe("At GET /auth/login?return=<path>."),
      local: z.boolean().describe("At POST /auth/local; beside a provider for platform administrators only."),
      firstRun: z
        .boolean()
        .describe("Nobody has been here yet: the link that `npm start` prints makes the first administrator."),
    }),
  })
  .meta({ id: "BrowserSession" });

export const Person = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    createdAt: InstantText,
    disabledAt: InstantText.nullable(),
  })
  .meta({ id: "Person" });
export const PersonPage = pageOf("PersonPage", Person);

export const ChangePerson = z
  .strictObject({ reason: z.string().max(500).nullable().default(null) })
  .prefault({})
  .meta({ id: "ChangePerson" });
export type ChangePerson = z.infer<typeof ChangePerson>;

export const Member = z
  .object({
    person: Person,
    roles: z.array(RoleName),
    source: z
      .enum(["member", "provider", "break-glass"])
      .describe("`provider`: said by the identity provider and changed there; `break-glass`: for an hour."),
    createdAt: InstantText,
    expiresAt: InstantText.nullable(),
  })
  .meta({ id: "Member" });
export type Member = z.infer<typeof Member>;
export const MemberPage = pageOf("MemberPage", Member);

export const ChangeMember = z.strictObject({ roles: MemberRoles }).meta({ id: "ChangeMember" });
export type ChangeMember = z.infer<typeof ChangeMember>;

export const Invitation = z
  .object({
    id: z.uuid(),
    email: z.string().nullable(),
    roles: z.array(RoleName),
    createdBy: z.string(),
    createdAt: InstantText,
    expiresAt: InstantText,
  })
  .meta({ id: "Invitation" });
export type Invitation = z.infer<typeof Invitation>;
export const InvitationPage = pageOf("InvitationPage", Invitation);

export const CreateInvitation = z
  .strictObject({ email: Email, roles: MemberRoles, expiresInDays: z.int().min(1).max(30).default(7) })
  .meta({ id: "CreateInvitation" });
export type CreateInvitation = z.infer<typeof CreateInvitation>;

/** The only answer that ever holds the link itself. */
export const CreatedInvitation = z
  .object({
    invitationUrl: z
      .string()
      .nullable()
      .describe("Shown once: null when the request is repeated with its Idempotency-Key."),
    ...Invitation.shape,
  })
  .meta({ id: "CreatedInvitation" });

export const PersonSession = z
  .object({
    id: z.uuid(),
    createdAt: InstantText,
    seenAt: InstantText.describe("To the minute."),
    userAgent: z.string(),
    isThis: z.boolean().describe("The one that asks."),
  })
  .meta({ id: "PersonSession" });
export const PersonSessions = z.object({ items: z.array(PersonSession) }).meta({ id: "PersonSessions" });

export const BreakGlass = z.strictObject({ reason: z.string().trim().min(1).max(500) }).meta({ id: "BreakGlass" });
export type BreakGlass = z.infer<typeof BreakGlass>;
