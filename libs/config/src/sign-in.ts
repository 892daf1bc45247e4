import { z } from "zod";
import { variable } from "./platform.ts";
import { json, optional, secret, text, url } from "./value.ts";

const Role = z.enum(["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "platform-admin"]);
/** Value of the claim → slug of a tenant, or `*` for the platform → roles there. */
const RolesOfClaim = z.record(z.string(), z.record(z.string(), z.array(Role).min(1)));

/** How persons sign in. */
export const signInVariables = {
  oidcIssuer: variable(
    "TANDEM_OIDC_ISSUER",
    optional(url),
    "Issuer of the OpenID provider that persons sign in at (code flow with PKCE; register `<TANDEM_API_URL>/auth/callback` there); empty: by password.",
    "",
  ),
  oidcClientId: variable("TANDEM_OIDC_CLIENT_ID", optional(text), "Client id at that provider.", ""),
  oidcClientSecret: variable(
    "TANDEM_OIDC_CLIENT_SECRET",
    optional(secret),
    "Client secret at that provider; empty: a public client.",
    "",
  ),
  oidcScope: variable("TANDEM_OIDC_SCOPE", text, "What is asked of the provider.", "openid email profile"),
  oidcRolesClaim: variable(
    "TANDEM_OIDC_ROLES_CLAIM",
    optional(text),
    "Claim of the id token (a text or a list of texts) that TANDEM_OIDC_ROLES goes by, e.g. groups; empty: memberships are given by hand only.",
    "",
  ),
  oidcRoles: variable(
    "TANDEM_OIDC_ROLES",
    json(RolesOfClaim),
    'What each value of that claim gives, as JSON, e.g. {"voice-ops":{"harbor":["operator","approver"]},"admins":{"*":["platform-admin"]}}: by slug of a tenant, * for the platform (any role there but platform-admin holds in every tenant). Read at each sign-in; what it no longer gives is taken.',
    "{}",
  ),
} as const;
