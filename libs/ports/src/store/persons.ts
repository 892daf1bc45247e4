import type { Instant } from "@tandem/kernel";
import type { Actor, ActorRole, Page, PageRequest, Tenant } from "./control.ts";

/** Somebody who signs in. */
export interface Person {
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly disabledAt: Instant | null;
}

/** What the person of a session may do, where they say they are. */
export interface PersonIdentity {
  readonly personId: string;
  readonly sessionId: string;
  /** When they last showed who they are. */
  readonly authenticatedAt: Instant;
  /** When the session ends unless it is used before. */
  readonly idleEndsAt: Instant;
  /** When it ends in any case. */
  readonly endsAt: Instant;
  /** Roles in the platform: `platform-admin`, and those that hold in every tenant. */
  readonly platformRoles: readonly ActorRole[];
  /** The tenant that was named, if they are a member; null: none was named, there is none, or they are not a member. */
  readonly tenant: {
    readonly id: string;
    readonly status: Tenant["status"];
    readonly roles: readonly ActorRole[];
  } | null;
}

/** What is known of an address that somebody wants to sign in with. */
export interface SignInCandidate {
  readonly personId: string;
  /** argon2id in PHC form. */
  readonly passwordHash: string;
  readonly isPlatformAdmin: boolean;
}

/** How and where somebody signs in. */
export interface NewSession {
  readonly personId: string;
  /** Keyed hash of the cookie's token. */
  readonly tokenHash: string;
  readonly userAgent: string;
  /** When they showed who they are: now for a password, what the provider says for a provider. */
  readonly authenticatedAt: Instant;
  /** The session that the browser had before: it ends. */
  readonly replaces: string | null;
}

/** Who somebody is as their identity provider says. */
export interface ProviderIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** Lower case, and only when the provider says that it has verified it. */
  readonly verifiedEmail: string | null;
  readonly name: string;
  /** What the provider's claim gives, by the slug of a tenant (`*`: the platform's); null: nothing is mapped, and memberships are given by hand only. */
  readonly roles: ReadonlyMap<string, readonly ActorRole[]> | null;
}

export interface PersonSession {
  readonly id: string;
  readonly createdAt: Instant;
  /** To the minute. */
  readonly seenAt: Instant;
  readonly userAgent: string;
}

/** A tenant in which a person may do something. */
export interface PersonTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly status: Tenant["status"];
  readonly roles: readonly ActorRole[];
  /** IANA: where most of its deployments have their callers; null where nothing names a zone. */
  readonly timeZone: string | null;
}

/** Who may do what in a tenant (or the platform). */
export interface Member {
  readonly person: Person;
  readonly roles: readonly ActorRole[];
  /** Who says so; what `provider` says is changed there. */
  readonly source: "member" | "provider" | "break-glass";
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
}

export interface Invitation {
  readonly id: string;
  /** Null: the first run's. */
  readonly email: string | null;
  readonly roles: readonly ActorRole[];
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** What a link of invitation is about, told to whoever holds it. */
export interface InvitationView {
  readonly kind: "first-run" | "invitation";
  readonly email: string | null;
  /** Null: the platform. */
  readonly tenant: { readonly slug: string; readonly name: string } | null;
  readonly roles: readonly ActorRole[];
  /** The hash of the password of the person with this address; null: there is none. */
  readonly passwordHash: string | null;
  readonly isKnown: boolean;
}

/** What somebody says when they take an invitation. */
export interface Claim {
  /** Their address: their own choice on the first run, else the invitation's. */
  readonly email: string | null;
  readonly name: string;
  /** Null: the person is there already and has shown who they are. */
  readonly passwordHash: string | null;
}

/**
 * Persons, their sessions and memberships. Methods without an actor are asked before anybody is known; each writes its audit row in the
 * platform's chain. Methods with one go by the actor's tenant: the platform's memberships for an actor without.
 */
export interface PersonRequests {
  /** Whether nobody has ever been here. */
  isFirstRun(): Promise<boolean>;
  /** Null when the session is unknown, ended, idle for too long or too old, or its person disabled. */
  authenticateSession(tokenHash: string, tenantSlug: string | null): Promise<PersonIdentity | null>;
  /** Notes that the session is in use. */
  touchSession(sessionId: string): Promise<void>;
  person(
    personId: string,
  ): Promise<(Person & { readonly hasPassword: boolean; readonly issuer: string | null }) | null>;
  /** By slug; `search` in slug and name. Every tenant for whoever may act in every tenant. */
  tenantsOfPerson(personId: string, search: string | null, page: PageRequest): Promise<Page<PersonTenant>>;

  /** Null for an address that nobody signs in with by password, or whose person is disabled. */
  signInCandidate(email: string): Promise<SignInCandidate | null>;
  /** Throws `unauthenticated` when the person was disabled meanwhile. */
  startSession(session: NewSession, requestId: string): Promise<{ readonly sessionId: string }>;
  /** Nothing for a session that is unknown or over. */
  endSession(tokenHash: string, requestId: string): Promise<void>;
  /** They have shown again who they are. */
  confirmSession(sessionId: string, requestId: string): Promise<void>;
  /** Every session but `keptSessionId` ends. */
  changePassword(
    personId: string,
    change: { readonly passwordHash: string; readonly keptSessionId: string },
    requestId: string,
  ): Promise<void>;
  /** The password's hash; null: none. For re-authentication. */
  passwordHashOf(personId: string): Promise<string | null>;
  /**
   * The person whom the provider means: by issuer and subject; the first time by an invitation to the verified address, or, where roles are
   * mapped, by what they say. Null when there is none. Throws `unauthenticated` for a disabled one.
   */
  personOfProvider(identity: ProviderIdentity, requestId: string): Promise<{ readonly personId: string } | null>;

  /** Makes the first run's invitation anew. Null when somebody has been here already. */
  makeFirstRun(tokenHash: string, expiresAt: Instant): Promise<{ readonly invitationId: string } | null>;
  /** Null when it is unknown, used, revoked or too old, or a first run's after the first person. */
  lookAtInvitation(tokenHash: string): Promise<InvitationView | null>;
  /** Uses it up. Throws `invitation_refused`. */
  claimInvitation(tokenHash: string, claim: Claim, requestId: string): Promise<{ readonly personId: string }>;

  members(actor: Actor, page: PageRequest): Promise<Page<Member>>;
  invitations(actor: Actor, page: PageRequest): Promise<Page<Invitation>>;
  /** An invitation to the same address that is still open ends. */
  invite(
    actor: Actor,
    invitation: {
      readonly tokenHash: string;
      readonly email: string;
      readonly roles: readonly ActorRole[];
      readonly expiresAt: Instant;
    },
  ): Promise<Invitation>;
  revokeInvitation(actor: Actor, invitationId: string): Promise<void>;
  /** Of memberships given by hand. Throws `not_found`; `conflict` for one's own. */
  changeMember(actor: Actor, personId: string, roles: readonly ActorRole[]): Promise<Member>;
  removeMember(actor: Actor, personId: string): Promise<void>;
  /** Of a member of the actor's tenant; throws `not_found`. */
  memberSessions(actor: Actor, personId: string): Promise<readonly PersonSession[]>;
  endMemberSession(actor: Actor, personId: string, sessionId: string): Promise<void>;

  ownSessions(personId: string): Promise<readonly PersonSession[]>;
  endOwnSession(personId: string, sessionId: string, requestId: string): Promise<void>;

  /** The platform's: everybody, by address. */
  persons(actor: Actor, page: PageRequest): Promise<Page<Person>>;
  /** The platform's. Disabling ends every session. Throws `not_found`; `conflict` for oneself. */
  setPersonDisabled(actor: Actor, personId: string, isDisabled: boolean, reason: string | null): Promise<Person>;
  /**
   * A platform administrator reads a tenant's data for an hour, with a reason: accounted for in both chains, and told to the tenant.
   * Throws `not_found`, and `conflict` for whoever is not a person or is a member already.
   */
  breakGlass(actor: Actor, tenantId: string, reason: string): Promise<Member>;
}
