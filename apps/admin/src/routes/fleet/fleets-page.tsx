import { useInfiniteQuery } from "@tanstack/react-query";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { usePlatformRefusal } from "../../shell/permission.ts";
import { Subject } from "../../shell/subject.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { Mono } from "../../ui/code.tsx";
import { ButtonLink, Link } from "../../ui/link.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { PlatformWebhooks } from "../access/webhooks/webhooks.tsx";
import { type Fleet, FLEET_TONES, lookInterval } from "./words.ts";

const columns: readonly Column<Fleet>[] = [
  {
    name: "version",
    header: "Version",
    cell: ({ id, playbook, version }) => (
      <Link to="/fleet/$fleet" params={{ fleet: id }} className="font-medium whitespace-normal">
        {playbook} {version}
      </Link>
    ),
  },
  {
    name: "state",
    header: "State",
    width: "9rem",
    cell: ({ state }) => <StatusDot tone={FLEET_TONES[state]}>{state}</StatusDot>,
  },
  {
    name: "wave",
    header: "Wave",
    width: "5rem",
    align: "end",
    from: "sm",
    cell: ({ wavePosition }) => wavePosition + 1,
  },
  {
    name: "reason",
    header: "Why",
    from: "md",
    cell: ({ reason }) => (reason === null ? "–" : <span title={reason.detail}>{reason.detail || reason.code}</span>),
  },
  {
    name: "by",
    header: "Started by",
    width: "12rem",
    from: "lg",
    cell: ({ createdBy }) => <Subject tenant={null} of={createdBy} />,
  },
  { name: "at", header: "Started", width: "12rem", from: "sm", cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** Every rollout of many deployments, newest first. */
export function FleetsPage() {
  const refusal = usePlatformRefusal("platform");
  return (
    <Page>
      <PageHeader
        title="Fleet rollouts"
        lead="Many deployments of many tenants to one version, in waves."
        actions={
          refusal === null && (
            <ButtonLink look="main" to="/fleet/start">
              Start a fleet rollout
            </ButtonLink>
          )
        }
      />
      {refusal === null ? <Fleets /> : <EmptyState title="This is the platform's">{refusal}.</EmptyState>}
      <PlatformWebhooks />
    </Page>
  );
}

function Fleets() {
  useLive(["rollout"]);
  const fleets = useInfiniteQuery({
    ...readPages("/v1/fleet-rollouts", { query: { limit: 50 } }),
    refetchInterval: ({ state: { data: read } }) => lookInterval(read?.pages.flatMap(({ items }) => items) ?? []),
  });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = fleets;
  if (data === undefined && error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0)
    return (
      <EmptyState title="No fleet rollout yet">
        One shows first which deployments would move in which wave, before anything does. <Mono>tandem fleet</Mono> does
        the same.
      </EmptyState>
    );
  return (
    <Table
      label="Fleet rollouts"
      columns={columns}
      rows={data ?? []}
      keyOf={({ id }) => id}
      loadingRows={data === undefined ? 5 : 0}
      onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
    />
  );
}
