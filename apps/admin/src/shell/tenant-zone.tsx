import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ZoneProvider } from "../ui/time.tsx";
import { useCurrentTenant, useTenantZone } from "./current-tenant.ts";

/** Times inside are in the zone of the tenant that the page is about. */
export const InTenantZone = ({ children }: { readonly children: ReactNode }) => (
  <ZoneProvider value={useTenantZone(useCurrentTenant())}>{children}</ZoneProvider>
);

/** Around every page of a tenant. */
export const TenantPages = () => (
  <InTenantZone>
    <Outlet />
  </InTenantZone>
);
