import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { useCurrentTenant } from "../../shell/current-tenant.ts";
import { usePlatformRefusal } from "../../shell/permission.ts";
import { InTenantZone } from "../../shell/tenant-zone.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Input } from "../../ui/input.tsx";
import { Link } from "../../ui/link.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import type { Playbook } from "./playbook.ts";
import { NoTenant } from "./no-tenant.tsx";
import { PublishButton } from "./publish-button.tsx";

const route = getRouteApi("/frame/playbooks");

/** What can be rolled out: the tenant's own playbooks and those of the library. */
export function PlaybooksPage() {
  const tenant = useCurrentTenant() ?? undefined;
  const refusal = usePlatformRefusal("readPlaybooks");
  return (
    <InTenantZone>
      <Page>
        <PageHeader
          title="Playbooks"
          lead={`What can be rolled out: ${tenant === undefined ? "the library's" : "your own and the library's"}.`}
          actions={<PublishButton tenant={tenant} />}
        />
        {tenant === undefined && refusal !== null ? <NoTenant /> : <Playbooks tenant={tenant} />}
      </Page>
    </InTenantZone>
  );
}

function Playbooks({ tenant }: { readonly tenant: string | undefined }) {
  const { search = "" } = route.useSearch();
  const navigate = useNavigate();
  const { refetchInterval } = useLive(["manifest"], tenant);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...readPages("/v1/playbooks", { tenant, query: { limit: 100 } }),
    refetchInterval,
  });
  if (data === undefined && error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0)
    return (
      <EmptyState title="No playbook yet">
        Publish the folder of a playbook here, or with <code className="font-mono">tandem publish</code>.
      </EmptyState>
    );
  const rows = data?.filter((each) => matches(each, search)) ?? [];
  return (
    <div className="grid gap-3">
      <div className="max-w-xs">
        <Input
          type="search"
          aria-label="Search playbooks"
          placeholder="Search playbooks"
          data-shortcut="search"
          value={search}
          onChange={({ target: { value } }) =>
            void navigate({
              to: "/playbooks",
              search: (before) => ({ ...before, search: value === "" ? undefined : value }),
              replace: true,
            })
          }
        />
      </div>
      <Table
        label="Playbooks"
        columns={tenant === undefined ? LIBRARY_COLUMNS : COLUMNS}
        rows={rows}
        keyOf={({ name }) => name}
        loadingRows={data === undefined ? 3 : 0}
        onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
      />
      {data !== undefined && rows.length === 0 && <p className="text-ink-soft">No playbook fits “{search}”.</p>}
    </div>
  );
}

const matches = ({ name, title, summary }: Playbook, search: string): boolean =>
  [name, title, summary].some((text) => text.toLowerCase().includes(search.toLowerCase()));

const COLUMNS: readonly Column<Playbook>[] = [
  {
    name: "playbook",
    header: "Playbook",
    cell: ({ name, title, summary }) => (
      <span title={summary}>
        <Link to="/playbooks/$name" params={{ name }} className="font-medium">
          {title}
        </Link>
        <span className="ml-2 font-mono text-sm text-ink-faint max-sm:hidden">{name}</span>
      </span>
    ),
  },
  { name: "version", header: "Newest", width: "6.5rem", cell: ({ lastVersion }) => lastVersion },
  {
    name: "published",
    header: "Published",
    width: "12rem",
    from: "md",
    cell: ({ lastPublishedAt }) => <Time at={lastPublishedAt} />,
  },
  { name: "versions", header: "Versions", width: "6rem", align: "end", from: "md", cell: ({ versions }) => versions },
  {
    name: "deployments",
    header: "Deployments",
    width: "7rem",
    align: "end",
    from: "sm",
    cell: ({ deployments }) => deployments,
  },
  {
    name: "origin",
    header: "Whose",
    width: "7rem",
    from: "sm",
    cell: ({ isLibrary }) => <Origin isLibrary={isLibrary} />,
  },
];

/** Without a tenant there are no deployments to count, and nobody's own. */
const LIBRARY_COLUMNS = COLUMNS.filter(({ name }) => name !== "deployments" && name !== "origin");

const Origin = ({ isLibrary }: { readonly isLibrary: boolean }) => <Badge>{isLibrary ? "library" : "own"}</Badge>;
