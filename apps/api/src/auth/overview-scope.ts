import type { Actor } from "@tandem/ports/store/control";
import type { OverviewScope } from "@tandem/ports/store/overview";
import { AppError } from "@tandem/kernel";

const PERSON = "person:";

/** Whether somebody asks who is signed in; false for keys. */
export const isPerson = ({ subject }: Pick<Actor, "subject">): boolean => subject.startsWith(PERSON);

/** What an actor sees across tenants: a person all of theirs, a key its own. */
export function overviewScopeOf({ subject, tenantId }: Actor): OverviewScope {
  if (isPerson({ subject })) return { kind: "person", personId: subject.slice(PERSON.length) };
  if (tenantId === null) throw new AppError("forbidden", "A platform key belongs to no tenant");
  return { kind: "tenant", tenantId };
}
