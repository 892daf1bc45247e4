import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { read } from "../../api/query.ts";
import { ButtonLink } from "../../ui/link.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { useZone } from "../../ui/time.tsx";
import { callColumns } from "./call-columns.tsx";
import { type CallFilter, isNarrowed, sessionsQuery } from "./call-filter.ts";
import { FilterBar } from "./filter-bar.tsx";
import type { KnownRelease } from "./use-releases.ts";

const route = getRouteApi("/frame/t/$tenant/d/$deployment/calls");

/** Calls in progress and past ones, newest first; new ones come by themselves. */
export function CallList({ releases }: { readonly releases: readonly KnownRelease[] }) {
  const { tenant, deployment } = route.useParams();
  const { view: _view, test: _test, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const asked = JSON.stringify(filter);
  const query = useMemo(() => sessionsQuery(JSON.parse(asked) as CallFilter, zone, Date.now()), [asked, zone]);
  const { refetchInterval } = useLive(["session"], tenant);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...readPages("/v1/deployments/{reference}/sessions", {
      tenant,
      path: { reference: deployment },
      query: { ...query, limit: 50 },
    }),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const regions = useRegions(tenant, deployment, data?.map(({ region }) => region) ?? []);
  const change = (next: CallFilter): void =>
    void navigate({
      search: (before) => ({ ...before, ...next }),
      replace: true,
    });
  return (
    <div className="grid gap-3">
      <FilterBar filter={filter} onChange={change} releases={releases} regions={regions} />
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <NoCalls here={{ tenant, deployment }} isFiltered={isNarrowed(filter)} />
      ) : (
        <Table
          label={`Calls of ${deployment}`}
          columns={callColumns(tenant, releases)}
          rows={data ?? []}
          keyOf={({ id }) => id}
          loadingRows={data === undefined ? 10 : 0}
          onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
    </div>
  );
}

interface NoCallsProps {
  readonly here: { readonly tenant: string; readonly deployment: string };
  readonly isFiltered: boolean;
}

const NoCalls = ({ here, isFiltered }: NoCallsProps) =>
  isFiltered ? (
    <EmptyState title="No call fits">Take a filter away, or look further back.</EmptyState>
  ) : (
    <EmptyState
      title="Nobody has called yet"
      actions={
        <ButtonLink to="/t/$tenant/d/$deployment/calls" params={here} search={{ view: "tests" }}>
          Test calls
        </ButtonLink>
      }
    >
      Calls appear here as they are answered. A test call shows how the deployment speaks before somebody does; it
      stands under <em>Test calls</em>.
    </EmptyState>
  );

/** Where calls were answered lately: those of the list, and of the last week. */
function useRegions(tenant: string, deployment: string, listed: readonly string[]): readonly string[] {
  const { data } = useQuery({
    ...read("/v1/deployments/{reference}/latency", {
      tenant,
      path: { reference: deployment },
      query: { window: "day" },
    }),
    staleTime: 5 * 60_000,
  });
  const measured = data?.measured.map(({ region }) => region) ?? [];
  return [...new Set([...listed, ...measured])].toSorted();
}
