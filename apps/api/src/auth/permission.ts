import { type CustomDecorator, SetMetadata } from "@nestjs/common";
import type { ActorRole } from "@tandem/ports/store/control";

/** What a route does, and which roles may do it (security.md §2). A role that is not listed is refused. */
export const permissions = {
  read: ["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "ci"],
  /** What is looked at across tenants: a key sees its own, a person all of theirs, whichever they name. */
  across: ["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "ci"],
  /** The words of calls. Whoever may only read sees the rest of a call. */
  transcripts: ["tenant-admin"],
  /** A tenant's own playbooks and the library's; the platform reads the library. */
  readPlaybooks: ["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "ci", "platform-admin"],
  edit: ["author", "tenant-admin", "ci"],
  publish: ["author", "tenant-admin", "ci", "platform-admin"],
  approve: ["approver", "tenant-admin"],
  /** Adopting changes configuration and needs `edit` besides. */
  decideDrift: ["author", "operator", "tenant-admin", "ci"],
  apply: ["operator", "tenant-admin"],
  /** The rollout's policy narrows it. */
  promote: ["approver", "operator", "tenant-admin"],
  rollback: ["approver", "operator", "tenant-admin", "ci"],
  /** Opening incidents and saying what is found; everybody who may read reads them. */
  incidents: ["operator", "tenant-admin"],
  call: ["operator", "tenant-admin", "ci"],
  manage: ["tenant-admin"],
  /** Where a tenant is told of what happens; with a platform key the platform. */
  webhooks: ["tenant-admin", "platform-admin"],
  /** Policies and freeze windows: a tenant's own, and with a platform key the platform's. */
  gates: ["tenant-admin", "platform-admin"],
  readGates: ["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "ci", "platform-admin"],
  audit: ["tenant-admin", "auditor", "platform-admin"],
  keys: ["tenant-admin", "platform-admin"],
  /** Whether a tenant is there at all: the platform's for each, and a tenant's administrator's for its own way out. */
  life: ["tenant-admin", "platform-admin"],
  /** Who may do what here: a tenant's members, and with a platform key or as its administrator the platform's. */
  members: ["tenant-admin", "platform-admin"],
  platform: ["platform-admin"],
  /** What belongs to whoever is signed in: no role is asked for, and no key has it. */
  self: [],
} as const satisfies Record<string, readonly ActorRole[]>;

/** What a tenant's keys may still do while it is suspended or leaving: look, take its data along, and call its own leaving off. */
export const whileSuspended: ReadonlySet<string> = new Set([
  "read",
  "across",
  "transcripts",
  "readPlaybooks",
  "readGates",
  "audit",
  "life",
]);

export type Permission = keyof typeof permissions;

export const PERMISSION = "tandem:permission";

/** Names the permission that a route needs. A route without one is refused for everybody (deny by default). */
export const Allow = (permission: Permission | "public"): CustomDecorator => SetMetadata(PERMISSION, permission);

/** Names of what these roles may do. */
export const permissionsOf = (roles: readonly ActorRole[]): readonly Permission[] =>
  (Object.entries(permissions) as [Permission, readonly ActorRole[]][])
    .filter(([, allowed]) => roles.some((role) => allowed.includes(role)))
    .map(([permission]) => permission);
