import { AppError } from "@tandem/kernel";
import type { Actor, ActorRole } from "@tandem/ports/store/control";

/** Throws `forbidden` for a role that is not the actor's to give. */
export function requireRolesFor({ tenantId }: Actor, roles: readonly ActorRole[]): void {
  if (tenantId !== null && roles.includes("platform-admin"))
    throw new AppError("forbidden", "A tenant gives roles in itself: platform-admin is the platform's");
}
