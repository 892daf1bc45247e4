import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/generated/schema.ts";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { Section } from "../../ui/section.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { healthTones, type HealthWord, type StackName, STACKS, stackTitles } from "./words.ts";

type Row = Schemas["OverviewRow"];
const MOST = 50;

const wordOf = ({ health }: Row, stack: StackName): HealthWord => (health?.stacks[stack] ?? "unknown") as HealthWord;
const Word = ({ word }: { readonly word: HealthWord }) => <StatusDot tone={healthTones[word]}>{word}</StatusDot>;

const stackColumns: readonly Column<Row>[] = STACKS.map((stack) => ({
  name: stack,
  header: stackTitles[stack],
  width: "8.5rem",
  from: "md",
  cell: (row) => <Word word={wordOf(row, stack)} />,
}));

/** Where there is no room for four, the first stack that is not well. */
function FirstBad({ row }: { readonly row: Row }) {
  const stack = STACKS.find((each) => ["failing", "degraded"].includes(wordOf(row, each)));
  if (stack === undefined) return <Word word={wordOf(row, "telephony")} />;
  return (
    <StatusDot tone={healthTones[wordOf(row, stack)]}>
      {stack} {wordOf(row, stack)}
    </StatusDot>
  );
}

const columns = (tenant: string): readonly Column<Row>[] => [
  {
    name: "deployment",
    header: "Deployment",
    cell: (row) => (
      <span className="flex items-center justify-between gap-3">
        <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment: row.name }} className="truncate font-medium">
          {row.name}
        </Link>
        <span className="md:hidden">
          <FirstBad row={row} />
        </span>
      </span>
    ),
  },
  ...stackColumns,
  {
    name: "seen",
    header: "Looked at",
    width: "8rem",
    from: "md",
    align: "end",
    cell: ({ health }) => <Time at={health?.at ?? null} show="relative" />,
  },
];

/** How the four stacks of each deployment stood at the last look. */
export function HealthNow({ tenant, only }: { readonly tenant: string; readonly only: string | undefined }) {
  const { refetchInterval } = useLive(["incident", "deployment"], tenant);
  const { data, error, refetch } = useQuery({
    ...read("/v1/overview", { query: { tenant, limit: MOST, search: only } }),
    refetchInterval: refetchInterval === false ? 30_000 : refetchInterval,
  });
  const rows = data?.items.filter(({ name, state }) => state !== "not-live" && (only === undefined || name === only));
  if (rows?.length === 0) return null;
  return (
    <Section title="Health of the stacks">
      {rows === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Table
          label="Health of the stacks by deployment"
          columns={columns(tenant)}
          rows={rows ?? []}
          keyOf={({ id }) => id}
          loadingRows={rows === undefined ? 2 : 0}
        />
      )}
      {data !== undefined && data.next !== null && (
        <p className="text-sm text-ink-faint">The first {MOST} deployments, those that need a person before all.</p>
      )}
    </Section>
  );
}
