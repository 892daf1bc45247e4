import { AppError } from "@tandem/kernel";
import type { ActorRole } from "@tandem/ports/store/control";
import type { Invitation, Member, Person, PersonSession } from "@tandem/ports/store/persons";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

export interface PersonRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly created_at: Timestamp;
  readonly disabled_at: Timestamp | null;
}

export const personOf = (row: PersonRow): Person => ({
  id: row.id,
  email: row.email,
  name: row.name,
  createdAt: instantOf(row.created_at),
  disabledAt: instantOrNull(row.disabled_at),
});

/** A membership joined with its person. */
export interface MemberRow extends PersonRow {
  readonly roles: ActorRole[];
  readonly source: Member["source"];
  readonly member_since: Timestamp;
  readonly expires_at: Timestamp | null;
}

export const MEMBER_COLUMNS =
  "p.id, p.email, p.name, p.created_at, p.disabled_at, m.roles, m.source, m.created_at AS member_since, m.expires_at";

export const memberOf = (row: MemberRow): Member => ({
  person: personOf(row),
  roles: row.roles,
  source: row.source,
  createdAt: instantOf(row.member_since),
  expiresAt: instantOrNull(row.expires_at),
});

export interface InvitationRow {
  readonly id: string;
  readonly email: string | null;
  readonly roles: ActorRole[];
  readonly created_by: string;
  readonly created_at: Timestamp;
  readonly expires_at: Timestamp;
}

export const INVITATION_COLUMNS = "id, email, roles, created_by, created_at, expires_at";

export const invitationOf = (row: InvitationRow): Invitation => ({
  id: row.id,
  email: row.email,
  roles: row.roles,
  createdBy: row.created_by,
  createdAt: instantOf(row.created_at),
  expiresAt: instantOf(row.expires_at),
});

export interface SessionRow {
  readonly id: string;
  readonly created_at: Timestamp;
  readonly seen_at: Timestamp;
  readonly user_agent: string;
}

export const SESSION_COLUMNS = "id, created_at, seen_at, user_agent";

export const sessionOf = (row: SessionRow): PersonSession => ({
  id: row.id,
  createdAt: instantOf(row.created_at),
  seenAt: instantOf(row.seen_at),
  userAgent: row.user_agent,
});

export const noSuchPerson = (): AppError => new AppError("not_found", "There is no such person.");
export const noSuchSession = (): AppError => new AppError("not_found", "There is no such session.");
