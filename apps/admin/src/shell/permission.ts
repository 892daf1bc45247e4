import { useQuery } from "@tanstack/react-query";
import { tenantQuery, useSession } from "./session.ts";

/**
 * Why the signed-in person may not do this in the tenant, for `disabledBecause`; null when they may. `permission` is the server's name,
 * e.g. "rollback". Only the screen follows it: the server decides.
 */
export function useRefusal(tenant: string, permission: string): string | null {
  const { data } = useQuery(tenantQuery(tenant));
  if (data === undefined) return null;
  if (data === null) return "You are not a member of this tenant";
  return data.permissions.includes(permission) ? null : `Your roles here (${data.roles.join(", ")}) do not allow this`;
}

/** As `useRefusal`, for what belongs to the platform and to no tenant. */
export function usePlatformRefusal(permission: string): string | null {
  const { platform } = useSession();
  return platform?.permissions.includes(permission) === true ? null : "Only administrators of the platform may do this";
}
