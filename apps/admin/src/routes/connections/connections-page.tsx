import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { useVendors } from "../../api/vendors.ts";
import { useTenantName } from "../../shell/current-tenant.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { ButtonLink, Link } from "../../ui/link.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { NewDeploymentLink } from "../configure/new-deployment-link.tsx";
import { type Connection, type Standing, type Verdict, verdictOf } from "./standing.ts";
import { STATES } from "./routes.ts";

const route = getRouteApi("/frame/t/$tenant/connections");

interface Row {
  readonly connection: Connection;
  readonly vendor: string;
  readonly standing: Standing | undefined;
  readonly verdict: Verdict | null;
}

/** The tenant's accounts at vendors, and how each stands. */
export function ConnectionsPage() {
  const { tenant } = route.useParams();
  const { find = "", show } = route.useSearch();
  const navigate = route.useNavigate();
  const name = useTenantName(tenant);
  const refusal = useRefusal(tenant, "manage");
  const { rows, error, isLoading, more, refetch } = useRows(tenant);
  const shown = rows.filter((row) => isFound(row, find, show));
  const search = (change: { find?: string | undefined; show?: (typeof STATES)[number] | undefined }): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page>
      <PageHeader
        title="Connections"
        lead={`Accounts at vendors that ${name} uses. Credentials are sealed at once and shown never again.`}
        actions={
          <>
            <NewDeploymentLink />
            <Connect tenant={tenant} refusal={refusal} />
          </>
        }
      />
      {error !== null && <ErrorState error={error} onRetry={refetch} />}
      {error === null && !isLoading && rows.length === 0 ? (
        <EmptyState title="No connections yet" actions={<Connect tenant={tenant} refusal={refusal} />}>
          A deployment needs an account for each role of its playbook: the number&apos;s carrier, a calendar, a CRM.
        </EmptyState>
      ) : (
        error === null && (
          <div className="grid gap-3">
            <div className="flex flex-wrap gap-2">
              <div className="w-full max-w-72">
                <Input
                  type="search"
                  aria-label="Search connections"
                  placeholder="Search connections"
                  data-shortcut="search"
                  value={find}
                  onChange={({ target }) => search({ find: target.value === "" ? undefined : target.value })}
                />
              </div>
              <div className="w-52">
                <Select
                  aria-label="Which connections"
                  value={show ?? ""}
                  onChange={({ target }) => search({ show: STATES.find((each) => each === target.value) })}
                >
                  <option value="">All</option>
                  <option value="attention">Need attention</option>
                  <option value="unused">Used by no deployment</option>
                </Select>
              </div>
            </div>
            <Table
              label="Connections"
              columns={columnsFor(tenant)}
              rows={shown}
              keyOf={({ connection }) => connection.id}
              loadingRows={isLoading ? 6 : 0}
              onNearEnd={more}
            />
            {!isLoading && shown.length === 0 && <p className="text-ink-faint">No connection fits the search.</p>}
          </div>
        )
      )}
    </Page>
  );
}

const Connect = ({ tenant, refusal }: { readonly tenant: string; readonly refusal: string | null }) =>
  refusal === null ? (
    <ButtonLink to="/t/$tenant/connections/new" params={{ tenant }} look="main">
      <Plus className="size-4" aria-hidden="true" />
      Connect an account
    </ButtonLink>
  ) : (
    <Button look="main" disabledBecause={refusal}>
      Connect an account
    </Button>
  );

function useRows(tenant: string) {
  const { refetchInterval } = useLive(["connection", "deployment"], tenant);
  const connections = useInfiniteQuery({
    ...readPages("/v1/connections", { tenant, query: { limit: 200 } }),
    refetchInterval,
  });
  const standings = useInfiniteQuery({
    ...readPages("/v1/connection-standings", { tenant, query: { limit: 200 } }),
    refetchInterval,
  });
  const { titleOf } = useVendors(tenant);
  const byId = new Map(standings.data?.map((each) => [each.connectionId, each]));
  const nowMs = Date.now();
  const rows = (connections.data ?? []).map((connection): Row => {
    const standing = byId.get(connection.id);
    return {
      connection,
      standing,
      vendor: titleOf(connection.vendor),
      verdict: standing === undefined ? null : verdictOf(standing, nowMs),
    };
  });
  const more = (): void => {
    for (const list of [connections, standings]) if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
  };
  const refetch = (): void => void Promise.all([connections.refetch(), standings.refetch()]);
  return { rows: rows.toSorted(byUrgency), error: connections.error, isLoading: connections.isPending, more, refetch };
}

const URGENCY = { bad: 0, warn: 1, busy: 2, neutral: 3, good: 4 };
const byUrgency = (a: Row, b: Row): number =>
  URGENCY[a.verdict?.tone ?? "good"] - URGENCY[b.verdict?.tone ?? "good"] ||
  a.connection.name.localeCompare(b.connection.name);

function isFound({ connection, vendor, verdict, standing }: Row, find: string, show: string | undefined): boolean {
  if (show === "attention" && verdict?.tone !== "bad" && verdict?.tone !== "warn") return false;
  if (show === "unused" && (standing?.deployments.length ?? 0) > 0) return false;
  return `${connection.name} ${vendor} ${connection.vendor}`.toLowerCase().includes(find.toLowerCase());
}

const columnsFor = (tenant: string): readonly Column<Row>[] => [
  {
    name: "name",
    header: "Connection",
    width: "23%",
    cell: ({ connection }) => (
      <span className="flex items-center gap-2">
        <Link
          to="/t/$tenant/connections/$connection"
          params={{ tenant, connection: connection.id }}
          className="truncate font-medium"
        >
          {connection.name}
        </Link>
        {connection.endpoint === "sandbox" && <Badge>sandbox</Badge>}
      </span>
    ),
  },
  { name: "vendor", header: "Vendor", width: "14%", from: "sm", cell: ({ vendor }) => vendor },
  {
    name: "state",
    header: "State",
    width: "10rem",
    cell: ({ verdict }) =>
      verdict === null ? (
        <span className="text-ink-faint">–</span>
      ) : (
        <StatusDot tone={verdict.tone}>{verdict.word}</StatusDot>
      ),
  },
  {
    name: "tested",
    header: "Last test",
    width: "7rem",
    from: "md",
    cell: ({ standing }) => <Time show="relative" at={standing?.lastTest?.finishedAt ?? null} />,
  },
  {
    name: "ends",
    header: "Credential ends",
    width: "9rem",
    from: "lg",
    cell: ({ standing }) => <Time show="absolute" at={standing?.lastTest?.shown?.expiresAt ?? null} />,
  },
  {
    name: "used",
    header: "Used by",
    from: "md",
    cell: ({ standing }) => {
      const names = standing?.deployments.map(({ name }) => name) ?? [];
      return names.length === 0 ? <span className="text-ink-faint">nobody</span> : names.join(", ");
    },
  },
];
