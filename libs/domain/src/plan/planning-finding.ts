import type { Finding } from "./change.ts";

/** What each finding that planning itself raises says: fixed severity, summary and fix. `docs/errors.md` is generated from it. */
export const planningFindings = {
  "connection-missing": {
    severity: "error",
    summary: "A role has no connection",
    fix: "Name a connection for the role in the deployment's configuration.",
  },
  "unknown-kind": {
    severity: "error",
    summary: "The vendor has no such kind of resource",
    fix: "Use a connection to a vendor that offers it, or another kind in the playbook.",
  },
  "object-missing": {
    severity: "error",
    summary: "An object that must exist at the vendor does not",
    fix: "Create it at the vendor, or correct its identity in the configuration. Tandem never makes or buys one.",
  },
  "needs-new-object": {
    severity: "error",
    summary: "This cannot be changed in place, and the object is not replaced while others may rely on it",
    fix: "Give the resource a new address in the playbook, so that a new object is made beside the old one.",
  },
  "used-elsewhere": {
    severity: "warning",
    summary: "Part of this object stays as it is because another deployment uses it",
    fix: "Roll the other deployments out first, or use an object of its own.",
  },
  "connection-moved": {
    severity: "error",
    summary: "An object that is not slot-owned cannot move to another account under the same address",
    fix: "Give the resource a new address in the playbook, or create a new deployment for the other account.",
  },
  "dangling-reference": {
    severity: "error",
    summary: "A reference names a resource that the bundle does not have",
    fix: "Declare the resource in the playbook or correct the reference.",
  },
  "reference-into-slot": {
    severity: "error",
    summary: "An object that outlives slots cannot refer to a slot-owned one",
    fix: "Make the referring resource slot-owned, or refer to something that is not.",
  },
  "reference-cycle": {
    severity: "error",
    summary: "Resources depend on each other in a circle",
    fix: "Remove one of the references between them.",
  },
  "cost-cap": {
    severity: "error",
    summary: "The release would cost more than the environment's policy allows",
    fix: "Choose cheaper providers or a light model, or have a tenant administrator raise the cap: tandem policy set.",
  },
} as const satisfies Record<string, Pick<Finding, "severity" | "summary" | "fix">>;

/** A finding of planning about one address. */
export const planningFinding = (code: keyof typeof planningFindings, address: string, detail: string): Finding => ({
  ...planningFindings[code],
  code,
  address,
  detail,
});
