import type { Actor } from "@tandem/ports/store/control";
import type { OverviewScope } from "@tandem/ports/store/overview";
import { AppError } from "@tandem/kernel";

const PERSON = "person:";

/** What an actor sees across tenants: a person all of theirs, a key its own. */
export function overviewScopeOf({ subject, tenantId }: Actor): OverviewScope {
  if (subject.startsWith(PERSON)) return { kind: "person", personId: subject.slice(PERSON.length) };
  if (tenantId === null) throw new AppError("forbidden", "A platform key belongs to no tenant");
  return { kind: "tenant", tenantId };
}
