import type { Schemas } from "../../api/generated/schema.ts";

export type RoleName = Schemas["ApiKey"]["roles"][number];

interface RoleWords {
  readonly title: string;
  /** What it may do. */
  readonly may: string;
}

export const roleWords: Readonly<Record<RoleName, RoleWords>> = {
  viewer: { title: "Viewer", may: "Reads everything but the words of calls." },
  author: { title: "Author", may: "Changes configuration, publishes playbooks, makes plans." },
  approver: { title: "Approver", may: "Approves and rejects plans, promotes, rolls back." },
  operator: {
    title: "Operator",
    may: "Starts and promotes rollouts, rolls back, works on incidents, places test calls.",
  },
  "tenant-admin": {
    title: "Tenant admin",
    may: "Everything the others may, and connections, members, keys, policies, webhooks, the words of calls.",
  },
  auditor: { title: "Auditor", may: "Reads what a viewer reads; searches, verifies and exports the audit log." },
  ci: {
    title: "CI",
    may: "For programs: changes configuration, publishes, plans, calls, rolls back; starts no rollout.",
  },
  "platform-admin": { title: "Platform admin", may: "Looks after the installation and its tenants." },
};

/** Roles that a person may have in a tenant. */
export const PERSON_ROLES = ["viewer", "author", "approver", "operator", "tenant-admin", "auditor"] as const;
/** Roles that a key may have in a tenant. */
export const KEY_ROLES = ["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "ci"] as const;

/** "Author, Approver". */
export const roleList = (roles: readonly RoleName[]): string => roles.map((role) => roleWords[role].title).join(", ");
