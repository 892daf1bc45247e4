import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import type { JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { demoAccount } from "./account.ts";
import { apiError, ok, Refusal, tokenError } from "./answers.ts";

const LIFETIME_SECONDS = 3599;

interface AccessToken extends JsonObject {
  readonly id: string;
  readonly account: string;
  readonly scope: string;
  readonly expiresAtMs: number;
  /** Refresh token or service account that it was issued for: revoked together with it. */
  readonly source: string;
  readonly audience: string;
}

export interface RefreshToken extends JsonObject {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly account: string;
  readonly scopes: readonly string[];
  /** When it ends by itself, epoch milliseconds; absent: never. */
  readonly endsAtMs?: number;
}

interface ServiceAccount extends JsonObject {
  readonly publicKey: string;
  /** Users in whose name it may act. */
  readonly delegated: readonly string[];
}

const accessTokens = (world: SandboxWorld) => world.collection<AccessToken>("access-tokens");
const refreshTokens = (world: SandboxWorld) => world.collection<RefreshToken>("refresh-tokens");
const serviceAccounts = (world: SandboxWorld) => world.collection<ServiceAccount>("service-accounts");

export function seedOauth(world: SandboxWorld): void {
  const { clientId, clientSecret, account, scopes, refreshToken } = demoAccount;
  if (refreshTokens(world).get(refreshToken) === undefined)
    refreshTokens(world).put(refreshToken, { clientId, clientSecret, account, scopes: [...scopes] });
}

/** Another person's consent: what a refresh token of theirs lets its holder do. The same token again changes it. */
export function plantConsent(world: SandboxWorld, refreshToken: string, consent: RefreshToken): void {
  refreshTokens(world).put(refreshToken, consent);
}

/** `POST /token`: a refresh token or a signed assertion for an access token. */
export function issueToken(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  const form = new URLSearchParams(request.body);
  switch (form.get("grant_type")) {
    case "refresh_token":
      return refresh(form, world);
    case "urn:ietf:params:oauth:grant-type:jwt-bearer":
      return exchangeAssertion(form.get("assertion") ?? "", world);
    default:
      return tokenError(400, "unsupported_grant_type", "Invalid grant_type.");
  }
}

function refresh(form: URLSearchParams, world: SandboxWorld): SandboxResponse {
  const token = form.get("refresh_token") ?? "";
  const row = refreshTokens(world).get(token);
  if (form.get("client_id") !== (row?.clientId ?? demoAccount.clientId))
    return tokenError(401, "invalid_client", "The OAuth client was not found.");
  if (
    form.get("client_secret") !== (row?.clientSecret ?? demoAccount.clientSecret) ||
    world.isRevoked(form.get("client_secret") ?? "")
  )
    return tokenError(401, "invalid_client", "Unauthorized");
  if (row === undefined || world.isRevoked(token) || (row.endsAtMs ?? Infinity) <= world.now())
    return tokenError(400, "invalid_grant", "Token has been expired or revoked.");
  const answer = grant(world, {
    account: row.account,
    scope: row.scopes.join(" "),
    source: token,
    audience: row.clientId,
  });
  if (row.endsAtMs === undefined) return answer;
  const refresh_token_expires_in = Math.round((row.endsAtMs - world.now()) / 1000);
  return { ...answer, body: { ...(answer.body as JsonObject), refresh_token_expires_in } };
}

function exchangeAssertion(assertion: string, world: SandboxWorld): SandboxResponse {
  const [head = "", claims = "", signature = ""] = assertion.split(".");
  const claim = JSON.parse(Buffer.from(claims, "base64url").toString() || "{}") as Record<string, unknown>;
  const issuer = String(claim["iss"] ?? "");
  const serviceAccount = serviceAccounts(world).get(issuer);
  if (serviceAccount === undefined) return tokenError(400, "invalid_grant", "Invalid grant: account not found");
  const key = createPublicKey(serviceAccount.publicKey);
  if (
    !verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url")) ||
    world.isRevoked(issuer)
  )
    return tokenError(400, "invalid_grant", "Invalid JWT Signature.");
  if (claim["aud"] !== "https://oauth2.googleapis.com/token" || Number(claim["exp"]) * 1000 < world.now())
    return tokenError(
      400,
      "invalid_grant",
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
    );
  const subject = claim["sub"] === undefined ? issuer : String(claim["sub"]);
  if (subject !== issuer && !serviceAccount.delegated.includes(subject))
    return tokenError(
      401,
      "unauthorized_client",
      "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
    );
  return grant(world, { account: subject, scope: String(claim["scope"] ?? ""), source: issuer, audience: issuer });
}

function grant(
  world: SandboxWorld,
  of: { account: string; scope: string; source: string; audience: string },
): SandboxResponse {
  const id = world.newId("ya29.sandbox-", 60);
  accessTokens(world).put(id, { id, ...of, expiresAtMs: world.now() + LIFETIME_SECONDS * 1000 });
  return ok({ access_token: id, expires_in: LIFETIME_SECONDS, scope: of.scope, token_type: "Bearer" });
}

/** `POST /tokeninfo` with the token as Bearer. */
export function tokenInfo(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  const token = validToken(request, world);
  if (token === undefined) return tokenError(400, "invalid_token", "Invalid Value");
  const expiresIn = Math.round((token.expiresAtMs - world.now()) / 1000);
  return ok({
    azp: token.audience,
    aud: token.audience,
    scope: token.scope,
    exp: String(Math.round(token.expiresAtMs / 1000)),
    expires_in: String(expiresIn),
    access_type: "offline",
  });
}

function validToken(request: SandboxRequest, world: SandboxWorld): AccessToken | undefined {
  const bearer = /^Bearer (.+)$/u.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
  const token = accessTokens(world).get(bearer);
  if (token === undefined || token.expiresAtMs < world.now()) return undefined;
  return world.isRevoked(bearer) || world.isRevoked(token.source) ? undefined : token;
}

/** The account behind the request's access token, if that has one of the scopes; refuses as the API does. */
export function requireAccount(request: SandboxRequest, world: SandboxWorld, scopes: readonly string[]): string {
  const token = validToken(request, world);
  if (token === undefined)
    throw new Refusal({
      ...apiError(
        401,
        "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
      ),
      headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
    });
  const granted = token.scope.split(" ").map((scope) => scope.split("/auth/")[1] ?? scope);
  if (granted.some((scope) => scope === "calendar" || scopes.includes(scope))) return token.account;
  throw new Refusal(apiError(403, "insufficientPermissions", "Request had insufficient authentication scopes."));
}

/** Makes a service account with a fresh key, as the cloud console does. */
export async function issueServiceAccountKey(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const name = typeof input["name"] === "string" ? input["name"] : "tandem";
  const clientEmail = `${name}@demo-project.iam.gserviceaccount.com`;
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const delegated = Array.isArray(input["delegated"]) ? input["delegated"].map(String) : [];
  serviceAccounts(world).put(clientEmail, { publicKey, delegated });
  return { clientEmail, privateKey };
}

/** Gives the demo's consent an end, as apps that are being tested have. Input `{endsInMs}`; null takes it away. */
export async function setConsentEnd(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const row = refreshTokens(world).get(demoAccount.refreshToken);
  if (row === undefined) throw new TypeError("there is no consent");
  const { endsAtMs: _endsAtMs, ...lasting } = row;
  const { endsInMs } = input;
  const ending = typeof endsInMs === "number" ? { endsAtMs: world.now() + endsInMs } : {};
  refreshTokens(world).put(demoAccount.refreshToken, { ...lasting, ...ending });
  return {};
}

/** Changes what the demo's consent covers, as the owner can in their account settings. */
export async function setGrantedScopes(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const row = refreshTokens(world).get(demoAccount.refreshToken);
  if (row === undefined || !Array.isArray(input["scopes"])) throw new TypeError("`scopes` must be a list");
  const scopes = input["scopes"].map(String);
  refreshTokens(world).put(demoAccount.refreshToken, { ...row, scopes });
  for (const token of accessTokens(world).all())
    if (token.source === demoAccount.refreshToken) accessTokens(world).remove(token.id);
  return { scopes };
}
