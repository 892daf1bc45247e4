import type { JsonObject } from "@tandem/kernel";
import type { SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { demoAccount } from "./account.ts";
import { answer, failure, notFound, Refusal } from "./answers.ts";

interface Token extends JsonObject {
  readonly scopes: readonly string[];
  /** Portal that the token opens. */
  readonly hubId: number;
}

const tokens = (world: SandboxWorld) => world.collection<Token>("tokens");

export function seedToken(world: SandboxWorld): void {
  if (tokens(world).get(demoAccount.accessToken) === undefined)
    plantToken(world, demoAccount.accessToken, { scopes: [...demoAccount.scopes], hubId: demoAccount.hubId });
}

/** A private app's token. The same one again changes what it may do. */
export const plantToken = (world: SandboxWorld, accessToken: string, token: Token): void =>
  tokens(world).put(accessToken, token);

/**
 * Lets the request in when its token is known and has one of the scopes, and answers the id of the token's portal; refuses as the
 * vendor does.
 */
export function requireScope(request: SandboxRequest, world: SandboxWorld, scopes: readonly string[]): number {
  const bearer = /^Bearer (.+)$/u.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
  const token = tokens(world).get(bearer);
  if (token === undefined || world.isRevoked(bearer)) {
    const message =
      "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview";
    throw new Refusal(failure(401, "INVALID_AUTHENTICATION", message));
  }
  if (scopes.length === 0 || scopes.some((scope) => token.scopes.includes(scope))) return token.hubId;
  throw new Refusal(
    failure(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.", {
      errors: [
        {
          message: "One or more of the following scopes are required.",
          context: { requiredGranularScopes: [...scopes] },
        },
      ],
    }),
  );
}

/** `POST /oauth/v2/private-apps/get/access-token-info`. */
export function tokenInfo(request: SandboxRequest, world: SandboxWorld): SandboxResponse {
  const { tokenKey } = JSON.parse(request.body) as { tokenKey?: string };
  const token = tokens(world).get(tokenKey ?? "");
  if (token === undefined || world.isRevoked(tokenKey ?? "")) return notFound("No private app token was found");
  const { userId, appId } = demoAccount;
  return answer(200, { userId, hubId: token.hubId, appId, scopes: token.scopes });
}

/** Changes what the private app may do, as the portal's settings page does. */
export async function setGrantedScopes(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  if (!Array.isArray(input["scopes"])) throw new TypeError("`scopes` must be a list");
  const scopes = input["scopes"].map(String);
  plantToken(world, demoAccount.accessToken, { scopes, hubId: demoAccount.hubId });
  return { scopes };
}
