import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { ButtonLink } from "../../ui/link.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { HealthNow } from "./health-now.tsx";
import { openColumns, resolvedColumns } from "./incident-columns.tsx";
import { OpenIncident } from "./open-incident.tsx";

const route = getRouteApi("/frame/t/$tenant/incidents");

/** What is wrong now, and how it was before. */
export function IncidentsPage() {
  const { tenant } = route.useParams();
  const { deployment } = route.useSearch();
  return (
    <Page>
      <PageHeader
        title="Incidents"
        lead="Walked from telephony to output: no later stack is blamed for an earlier one."
        badges={
          deployment !== undefined && (
            <ButtonLink
              size="small"
              to="/t/$tenant/incidents"
              params={{ tenant }}
              aria-label={`Show all deployments, not only ${deployment}`}
            >
              {deployment}
              <X className="size-3.5" aria-hidden="true" />
            </ButtonLink>
          )
        }
        actions={<OpenIncident tenant={tenant} deployment={deployment} />}
      />
      <Open tenant={tenant} deployment={deployment} />
      <HealthNow tenant={tenant} only={deployment} />
      <Resolved tenant={tenant} deployment={deployment} />
    </Page>
  );
}

interface ListProps {
  readonly tenant: string;
  readonly deployment: string | undefined;
}

function useIncidents({ tenant, deployment }: ListProps, state: "unresolved" | "resolved") {
  const { refetchInterval } = useLive(["incident"], tenant);
  return useInfiniteQuery({
    ...readPages("/v1/incidents", { tenant, query: { state, deployment, limit: 50 } }),
    refetchInterval,
  });
}

function Open(props: ListProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useIncidents(props, "unresolved");
  if (data === undefined && error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0)
    return (
      <EmptyState title="No incident is open">
        Tandem looks at every live deployment each minute and opens one for a stack that fails. You can open one before
        it does.
      </EmptyState>
    );
  return (
    <Table
      label="Open incidents"
      columns={openColumns(props.tenant)}
      rows={data ?? []}
      keyOf={({ id }) => id}
      loadingRows={data === undefined ? 2 : 0}
      onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
    />
  );
}

function Resolved(props: ListProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useIncidents(props, "resolved");
  return (
    <Section title="Resolved">
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <p className="text-ink-soft">None yet.</p>
      ) : (
        <Table
          label="Resolved incidents"
          columns={resolvedColumns(props.tenant)}
          rows={data ?? []}
          keyOf={({ id }) => id}
          loadingRows={data === undefined ? 3 : 0}
          onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
    </Section>
  );
}
