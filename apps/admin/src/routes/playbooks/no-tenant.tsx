import { EmptyState } from "../../ui/states.tsx";

/** For whoever belongs to no tenant and does not look after the platform. */
export const NoTenant = () => (
  <EmptyState title="You belong to no tenant yet">
    Playbooks are listed for a tenant: its own and the library’s.
  </EmptyState>
);
