import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { usePlatformRefusal } from "../../shell/permission.ts";
import { useSession } from "../../shell/session.ts";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { NewDeploymentLink } from "../configure/new-deployment-link.tsx";
import { AttentionList } from "./attention-list.tsx";
import type { Filter } from "./filter.ts";
import { overviewColumns } from "./overview-columns.tsx";
import { OverviewFilters } from "./overview-filters.tsx";
import { overviewPages } from "./overview-query.ts";
import { useCounts } from "./use-counts.ts";
import { useFreshOverview } from "./use-fresh-overview.ts";

const route = getRouteApi("/frame/");

/** What is live everywhere, and what needs a person first. */
export function OverviewPage() {
  const { tenants } = useSession();
  const { tenant } = route.useSearch();
  const hasTenants = tenants.items.length > 0;
  const seesFleets = usePlatformRefusal("platform") === null;
  useFreshOverview();
  return (
    <Page>
      <PageHeader title="Overview" actions={<NewDeploymentLink />} />
      {(hasTenants || seesFleets) && <AttentionList key={tenant ?? ""} tenant={tenant} />}
      {hasTenants ? (
        <Deployments />
      ) : (
        <EmptyState title="You belong to no tenant yet">An administrator of a tenant can invite you.</EmptyState>
      )}
    </Page>
  );
}

function Deployments() {
  const filter: Filter = route.useSearch();
  const change = useChange();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage, isPlaceholderData } = useInfiniteQuery({
    ...overviewPages(filter),
    placeholderData: keepPreviousData,
  });
  const counts = useCounts(filter) ?? data?.pages[0]?.counts;
  const rows = data?.pages.flatMap(({ items }) => items) ?? [];
  const readOn = hasNextPage && !isFetchingNextPage && !isPlaceholderData ? () => void fetchNextPage() : undefined;
  const total = counts === undefined ? rows.length : totalOf(counts, filter.state);
  return (
    <Section title="Deployments">
      <OverviewFilters filter={filter} onChange={change} counts={counts} />
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Table
          label="Deployments"
          columns={overviewColumns}
          rows={rows}
          keyOf={({ id }) => id}
          totalCount={total}
          loadingRows={data === undefined ? 10 : 0}
          onNearEnd={readOn}
        />
      )}
      {data !== undefined && rows.length === 0 && <Nothing filter={filter} />}
    </Section>
  );
}

const totalOf = (counts: Readonly<Record<string, number>>, state: Filter["state"]): number =>
  state === undefined ? Object.values(counts).reduce((sum, count) => sum + count, 0) : (counts[state] ?? 0);

/** Changes parts of the filter in the address. */
function useChange() {
  const navigate = useNavigate();
  return useCallback(
    (change: { readonly [Name in keyof Filter]?: Filter[Name] | undefined }) =>
      void navigate({
        to: "/",
        search: (before) => ({ ...before, ...change }) as Filter,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
}

function Nothing({ filter }: { readonly filter: Filter }) {
  const isFiltered = Object.keys(filter).some((name) => name !== "sort");
  return isFiltered ? (
    <p className="text-ink-soft">No deployment fits what you look for.</p>
  ) : (
    <EmptyState title="No deployment yet">
      A deployment is a playbook on a tenant's accounts. Begin with New deployment; its page says which accounts it
      needs.
    </EmptyState>
  );
}
