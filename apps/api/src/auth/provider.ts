import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { AppError, isJsonObject, type Json } from "@tandem/kernel";
import type { ActorRole } from "@tandem/ports/store/control";
import type { ProviderIdentity } from "@tandem/ports/store/persons";
import { openTicket, sealTicket } from "@tandem/secrets";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  type IDToken,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { CONFIG } from "../tokens.ts";
import { publicUrl } from "./public-origin.ts";

/** From leaving for the provider to coming back. */
export const ATTEMPT_S = 600;
/** Whoever is asked to show again who they are must have done it since. */
const FRESH_S = 300;
const PATIENCE_S = 10;

/** One way to the provider and back; the browser carries it, sealed. */
interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  readonly isConfirmation: boolean;
}

/** Who came back from the provider. */
export interface Returned {
  readonly identity: ProviderIdentity;
  /** When they showed there who they are, as far as the provider says. */
  readonly authenticatedAtMs: number;
  readonly returnTo: string;
  readonly isConfirmation: boolean;
}

/** The OpenID provider: code flow with PKCE, state and nonce. */
@Injectable()
export class Provider {
  private discovered: Promise<Configuration> | null = null;

  constructor(@Inject(CONFIG) private readonly config: ApiConfig) {}

  /** Where to send the browser, and what it keeps meanwhile. */
  async leave(returnTo: string, isConfirmation: boolean): Promise<{ url: string; kept: string }> {
    const attempt: Attempt = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      returnTo,
      isConfirmation,
    };
    const url = buildAuthorizationUrl(await this.known(), {
      redirect_uri: this.callback(),
      scope: this.config.oidcScope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: "S256",
      ...(isConfirmation && { prompt: "login", max_age: "0" }),
    });
    const kept = sealTicket(this.config.keyPepper, "sign-in", { ...attempt }, Date.now() + ATTEMPT_S * 1000);
    return { url: url.href, kept };
  }

  /** Whom the provider sends back. Throws `sign_in_refused` for an answer that does not belong to this browser's attempt, or is a refusal. */
  async comeBack(query: string, kept: string | null): Promise<Returned> {
    const attempt = attemptOf(openTicket(this.config.keyPepper, "sign-in", kept ?? "", Date.now()));
    if (attempt === null) throw new AppError("sign_in_refused", "This sign-in was not begun here, or too long ago");
    const current = new URL(`${this.callback()}${query}`);
    const configuration = await this.known();
    const answer = await authorizationCodeGrant(configuration, current, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
      idTokenExpected: true,
      ...(attempt.isConfirmation && { maxAge: FRESH_S }),
    }).catch((error: unknown) => {
      throw new AppError("sign_in_refused", "The identity provider's answer cannot be accepted", { cause: error });
    });
    const claims = answer.claims();
    if (claims === undefined) throw new AppError("sign_in_refused", "The identity provider said nobody's name");
    const { returnTo, isConfirmation } = attempt;
    const authenticatedAtMs = claims.auth_time === undefined ? Date.now() : claims.auth_time * 1000;
    return { identity: this.identityOf(claims), authenticatedAtMs, returnTo, isConfirmation };
  }

  private callback(): string {
    return `${publicUrl(this.config)}/auth/callback`;
  }

  /** The provider's addresses and keys; looked up once, and again after a failure. Throws `provider_unavailable`. */
  private known(): Promise<Configuration> {
    this.discovered ??= this.discover().catch((error: unknown) => {
      this.discovered = null;
      throw new AppError("provider_unavailable", "The identity provider cannot be reached", { cause: error });
    });
    return this.discovered;
  }

  private async discover(): Promise<Configuration> {
    const { oidcIssuer, oidcClientId, oidcClientSecret } = this.config;
    if (oidcIssuer === null || oidcClientId === null) throw new Error("no identity provider is configured");
    const issuer = new URL(oidcIssuer);
    // In the clear on this machine only: for development and tests.
    const isOnThisMachine = issuer.protocol === "http:" && /^(127\.\d+\.\d+\.\d+|localhost)$/.test(issuer.hostname);
    return discovery(issuer, oidcClientId, oidcClientSecret?.reveal(), undefined, {
      timeout: PATIENCE_S,
      // The id token's signature is verified, too, though it comes straight from the provider.
      execute: [enableNonRepudiationChecks, ...(isOnThisMachine ? [allowInsecureRequests] : [])],
    });
  }

  private identityOf(claims: IDToken): ProviderIdentity {
    const { oidcRolesClaim, oidcRoles } = this.config;
    const email = typeof claims["email"] === "string" ? claims["email"].toLowerCase() : null;
    const name = typeof claims["name"] === "string" && claims["name"].trim() !== "" ? claims["name"].trim() : email;
    return {
      issuer: claims.iss,
      subject: claims.sub,
      verifiedEmail: claims["email_verified"] === true ? email : null,
      name: (name ?? claims.sub).slice(0, 120),
      roles: oidcRolesClaim === null ? null : rolesOf(oidcRoles, claims[oidcRolesClaim]),
    };
  }
}

/** What the values of a claim give together, by slug of a tenant. */
export function rolesOf(map: ApiConfig["oidcRoles"], said: unknown): ReadonlyMap<string, readonly ActorRole[]> {
  const values = (Array.isArray(said) ? (said as unknown[]) : [said]).filter(
    (value): value is string => typeof value === "string",
  );
  const roles = new Map<string, ActorRole[]>();
  for (const value of values)
    for (const [slug, given] of Object.entries(Object.hasOwn(map, value) ? (map[value] ?? {}) : {}))
      roles.set(slug, [...new Set([...(roles.get(slug) ?? []), ...given])]);
  return roles;
}

function attemptOf(content: Json | undefined): Attempt | null {
  return content !== undefined && isJsonObject(content) && typeof content["state"] === "string"
    ? (content as unknown as Attempt)
    : null;
}
