import { Navigate } from "@tanstack/react-router";
import { useCurrentTenant } from "../../shell/current-tenant.ts";
import { Page, PageHeader } from "../../ui/page.tsx";
import { EmptyState } from "../../ui/states.tsx";

/** Leads to the incidents of the tenant that one was at last. */
export function LatestIncidents() {
  const tenant = useCurrentTenant();
  if (tenant !== null) return <Navigate to="/t/$tenant/incidents" params={{ tenant }} replace />;
  return (
    <Page>
      <PageHeader title="Incidents" />
      <EmptyState title="You belong to no tenant yet">An administrator of a tenant can invite you.</EmptyState>
    </Page>
  );
}
