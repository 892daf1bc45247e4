import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { AppError } from "@tandem/kernel";
import type { ActorRole, ControlStore } from "@tandem/ports/store/control";
import type { PersonIdentity } from "@tandem/ports/store/persons";
import { hashBearerToken } from "@tandem/secrets";
import type { FastifyRequest } from "fastify";
import { CONFIG, STORE } from "../tokens.ts";
import type { AuthenticatedActor } from "./authenticator.ts";
import { readCookie } from "./cookies.ts";
import { requireOwnSite } from "./own-site.ts";
import { type Permission, permissions } from "./permission.ts";

/** What is read of a request to find out who asks. */
export type AskingRequest = Pick<FastifyRequest, "method" | "headers" | "id">;

interface Known {
  readonly tokenHash: string;
  readonly identity: PersonIdentity;
  readonly checkedAtMs: number;
}

/** How long a looked-up session is believed: an end, a disabling and a change of roles are in force after this time. */
const BELIEVED_MS = 900;
const MOST_KNOWN = 10_000;
const TOUCHED_EVERY_MS = 60_000;
const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Finds out which person asks, by the cookie of their session, and for which tenant, by the header `Tandem-Tenant`. */
@Injectable()
export class PersonAuthenticator {
  private readonly known = new Map<string, Known>();
  private readonly touchedAtMs = new Map<string, number>();

  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  /** Whether the request brings a session's cookie at all. */
  isAsking({ headers }: AskingRequest): boolean {
    return readCookie(this.config, headers.cookie, "session") !== null;
  }

  /** The keyed hash of the session's token; null when the request brings none. */
  tokenHash({ headers }: AskingRequest): string | null {
    const token = readCookie(this.config, headers.cookie, "session");
    return token === null ? null : hashBearerToken(this.config.keyPepper, "person-session", token);
  }

  /**
   * The actor of a request for what needs this permission. Throws `unauthenticated`, `cross_site_refused`, `forbidden` for a tenant that the
   * person is not a member of (or that there is not), and `invalid_input` when none is named that is needed.
   */
  async actor(request: AskingRequest, needed: Permission): Promise<AuthenticatedActor> {
    requireOwnSite(this.config, request);
    const slug = tenantNamed(request, needed);
    const identity = await this.identity(request, slug);
    if (identity === null) throw new AppError("unauthenticated", "The session is over: sign in again");
    return actorOf(identity, { slug, needed, requestId: request.id });
  }

  /** Who is signed in; null when nobody is. Using a session keeps it from going idle. */
  async identity(request: AskingRequest, slug: string | null): Promise<PersonIdentity | null> {
    const tokenHash = this.tokenHash(request);
    if (tokenHash === null) return null;
    const identity = await this.lookUp(tokenHash, slug);
    if (identity !== null && request.headers.accept !== "text/event-stream") this.touch(identity.sessionId);
    return identity;
  }

  /** What is believed of a session is looked up anew: it has ended, or its person has shown who they are. */
  forget(tokenHash: string): void {
    for (const [key, known] of this.known) if (known.tokenHash === tokenHash) this.known.delete(key);
  }

  private async lookUp(tokenHash: string, slug: string | null): Promise<PersonIdentity | null> {
    const now = performance.now();
    const key = `${tokenHash} ${slug ?? ""}`;
    const known = this.known.get(key);
    if (known !== undefined && now - known.checkedAtMs < BELIEVED_MS) return known.identity;
    this.known.delete(key);
    const identity = await this.store.authenticateSession(tokenHash, slug);
    if (identity === null) return null;
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(key, { tokenHash, identity, checkedAtMs: now });
    return identity;
  }

  /** Beside the request, and at most once a minute: a note that is lost costs a minute of the idle time. */
  private touch(sessionId: string): void {
    const now = performance.now();
    if (now - (this.touchedAtMs.get(sessionId) ?? -Infinity) < TOUCHED_EVERY_MS) return;
    if (this.touchedAtMs.size >= MOST_KNOWN) this.touchedAtMs.clear();
    this.touchedAtMs.set(sessionId, now);
    this.store.touchSession(sessionId).catch(() => this.touchedAtMs.delete(sessionId));
  }
}

const isPlatformOnly = (needed: Permission): boolean =>
  needed === "across" || permissions[needed].every((role) => role === "platform-admin");

/** The slug that a request names, where it counts: what is the platform's or the person's own belongs to no tenant. */
function tenantNamed({ headers }: AskingRequest, needed: Permission): string | null {
  if (isPlatformOnly(needed)) return null;
  const named = headers["tandem-tenant"];
  if (named === undefined || named === "") return null;
  if (typeof named !== "string" || !SLUG.test(named))
    throw new AppError("invalid_input", "Tandem-Tenant names no tenant: it is a slug");
  return named;
}

interface Asked {
  readonly slug: string | null;
  readonly needed: Permission;
  readonly requestId: string;
}

function actorOf(identity: PersonIdentity, { slug, needed, requestId }: Asked): AuthenticatedActor {
  const common = { subject: `person:${identity.personId}`, via: "ui", requestId, person: identity } as const;
  const isPlatformAdmin = identity.platformRoles.includes("platform-admin");
  if (slug !== null) {
    if (identity.tenant === null) throw new AppError("forbidden", "You are not a member of a tenant of this name");
    const { id, roles, status } = identity.tenant;
    return { ...common, tenantId: id, roles, tenantStatus: status };
  }
  if (!isPlatformAdmin && !isPlatformOnly(needed))
    throw new AppError("invalid_input", "Name the tenant by its slug in the header Tandem-Tenant");
  const roles: readonly ActorRole[] = isPlatformAdmin ? ["platform-admin"] : [];
  return { ...common, tenantId: null, roles, tenantStatus: "active" };
}
