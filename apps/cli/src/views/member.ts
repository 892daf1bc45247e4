import type { Invitation, Member } from "@tandem/contracts";
import { table, when } from "./table.ts";

/** Persons with their roles; what ends by itself says when. */
export const memberTable = (members: readonly Member[]): string =>
  table(
    ["address", "name", "roles", "by", "since", "until", "id"],
    members.map(({ person, roles, source, createdAt, expiresAt }) => [
      person.email,
      person.disabledAt === null ? person.name : `${person.name} (disabled)`,
      roles.join(", "),
      source,
      when(createdAt),
      when(expiresAt),
      person.id,
    ]),
  );

/** Invitations without their links: those are shown once, when they are made. */
export const invitationTable = (invitations: readonly Invitation[]): string =>
  table(
    ["id", "address", "roles", "invited by", "good until"],
    invitations.map(({ id, email, roles, createdBy, expiresAt }) => [
      id,
      email ?? "–",
      roles.join(", "),
      createdBy,
      when(expiresAt),
    ]),
  );
