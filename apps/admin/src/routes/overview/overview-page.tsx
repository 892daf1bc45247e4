import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { useCurrentTenant, useTenantName } from "../../shell/current-tenant.ts";
import { Input } from "../../ui/input.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { type DeploymentSummary, deploymentColumns } from "./deployment-columns.tsx";

const route = getRouteApi("/frame/");

/** What is live: the tenant's deployments. */
export function OverviewPage() {
  const tenant = useCurrentTenant();
  return (
    <Page>
      <PageHeader title="Overview" lead={tenant === null ? undefined : <Lead tenant={tenant} />} />
      {tenant === null ? (
        <EmptyState title="You belong to no tenant yet">An administrator of a tenant can invite you.</EmptyState>
      ) : (
        <Deployments tenant={tenant} />
      )}
    </Page>
  );
}

function Lead({ tenant }: { readonly tenant: string }) {
  return <>What callers of {useTenantName(tenant)} reach now.</>;
}

function Deployments({ tenant }: { readonly tenant: string }) {
  const { search = "" } = route.useSearch();
  const navigate = useNavigate();
  const { refetchInterval } = useLive(["deployment", "rollout"], tenant);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...readPages("/v1/deployments", { tenant, query: { limit: 100 } }),
    refetchInterval,
  });
  const readOn = hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined;
  const rows = data?.filter((each) => matches(each, search)) ?? [];
  if (data === undefined && error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0)
    return <EmptyState title="No deployment yet">A deployment is a playbook on this tenant's accounts.</EmptyState>;
  return (
    <div className="grid gap-3">
      <div className="sm:max-w-xs">
        <Input
          type="search"
          aria-label="Search deployments"
          placeholder="Search deployments"
          data-shortcut="search"
          value={search}
          onChange={({ target: { value } }) =>
            void navigate({
              to: "/",
              search: (before) => ({ ...before, search: value === "" ? undefined : value }),
              replace: true,
            })
          }
        />
      </div>
      <Table
        label={`Deployments of ${tenant}`}
        columns={deploymentColumns(tenant)}
        rows={rows}
        keyOf={({ id }) => id}
        loadingRows={data === undefined ? 6 : 0}
        onNearEnd={readOn}
      />
      {data !== undefined && rows.length === 0 && <p className="text-ink-soft">No deployment fits “{search}”.</p>}
    </div>
  );
}

const matches = ({ name, playbook, number }: DeploymentSummary, search: string): boolean =>
  [name, playbook, number ?? ""].some((text) => text.toLowerCase().includes(search.toLowerCase()));
