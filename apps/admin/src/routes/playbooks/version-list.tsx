import { useInfiniteQuery } from "@tanstack/react-query";
import { readPages } from "../../api/page-list.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { Subject } from "../../shell/subject.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Hash } from "../../ui/code.tsx";
import { Link } from "../../ui/link.tsx";
import { Section } from "../../ui/section.tsx";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import type { Version } from "./playbook.ts";

interface VersionListProps {
  readonly tenant: string | undefined;
  readonly name: string;
  readonly versions: readonly Version[];
}

/** Every version with who published it, and which deployments run which. */
export function VersionList({ tenant, name, versions }: VersionListProps) {
  return (
    <div className="grid gap-6">
      <Table
        label={`Versions of ${name}`}
        columns={versionColumns(tenant, name, versions)}
        rows={versions}
        keyOf={({ hash }) => hash}
      />
      <Section title="Who runs which version">
        <Runners tenant={tenant} name={name} newest={versions[0]?.version} />
      </Section>
    </div>
  );
}

const versionColumns = (
  tenant: string | undefined,
  name: string,
  versions: readonly Version[],
): readonly Column<Version>[] => [
  {
    name: "version",
    header: "Version",
    width: "7rem",
    cell: ({ version }) => <b className="font-medium">{version}</b>,
  },
  {
    name: "published",
    header: "Published",
    cell: ({ publishedAt, publishedBy }) => (
      <span>
        <Time at={publishedAt} />{" "}
        <span className="text-ink-faint">
          by <Subject tenant={tenant ?? null} of={publishedBy} />
        </span>
      </span>
    ),
  },
  {
    name: "runs",
    header: "Deployments",
    width: "7.5rem",
    align: "end",
    cell: ({ deployments }) => (deployments === 0 ? <span className="text-ink-faint">none</span> : deployments),
  },
  {
    name: "origin",
    header: "Whose",
    width: "6.5rem",
    from: "md",
    cell: ({ isLibrary }) => <Badge>{isLibrary ? "library" : "own"}</Badge>,
  },
  { name: "hash", header: "Hash", width: "7.5rem", from: "lg", cell: ({ hash }) => <Hash value={hash} /> },
  {
    name: "compare",
    header: <span className="sr-only">What changed</span>,
    width: "9.5rem",
    from: "sm",
    align: "end",
    cell: ({ version }) => {
      const before = versions[versions.findIndex((each) => each.version === version) + 1];
      if (before === undefined) return <span className="text-ink-faint">the first</span>;
      return (
        <Link
          to="/playbooks/$name"
          params={{ name }}
          search={{ tab: "compare", from: before.version, to: version }}
        >{`what changed`}</Link>
      );
    },
  },
];

type Runner = Schemas["OverviewRow"];

interface RunnersProps {
  readonly tenant: string | undefined;
  readonly name: string;
  readonly newest: string | undefined;
}

/** Deployments of every tenant that the reader belongs to. */
function Runners({ tenant, name, newest }: RunnersProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...readPages("/v1/overview", { query: { playbook: name, sort: "tenant", limit: 100 } }),
  });
  if (data === undefined && error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0) return <p className="text-ink-soft">No deployment is made for it yet.</p>;
  return (
    <Table
      label={`Deployments of ${name}`}
      columns={runnerColumns(newest)}
      rows={data ?? []}
      keyOf={({ tenant: of, id }) => `${of.id} ${id} ${tenant ?? ""}`}
      loadingRows={data === undefined ? 3 : 0}
      onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
    />
  );
}

const runnerColumns = (newest: string | undefined): readonly Column<Runner>[] => [
  {
    name: "deployment",
    header: "Deployment",
    cell: ({ tenant, name }) => (
      <Link to="/t/$tenant/d/$deployment" params={{ tenant: tenant.slug, deployment: name }} className="font-medium">
        {name}
      </Link>
    ),
  },
  { name: "tenant", header: "Tenant", from: "sm", cell: ({ tenant }) => tenant.name },
  {
    name: "environment",
    header: "Environment",
    width: "8.5rem",
    from: "md",
    cell: ({ environment }) => <Badge>{environment}</Badge>,
  },
  {
    name: "version",
    header: "Runs",
    width: "12rem",
    cell: ({ live }) =>
      live === null ? (
        <span className="text-ink-faint">nothing yet</span>
      ) : (
        <span className="inline-flex items-center gap-2">
          {live.version ?? "unknown"}
          {(live.slot === "blue" || live.slot === "green") && <SlotBadge slot={live.slot} />}
          {live.version !== newest && <span className="text-sm text-ink-faint max-sm:hidden">older</span>}
        </span>
      ),
  },
  {
    name: "since",
    header: "Since",
    width: "9rem",
    from: "md",
    cell: ({ live, timeZone }) => <Time at={live?.since ?? null} show="relative" zone={timeZone} />,
  },
];
