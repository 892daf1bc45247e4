import { Link } from "../../ui/link.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { Clock } from "./clock.tsx";
import { SeverityBadge } from "./severity-badge.tsx";
import { StackMarks } from "./stack-marks.tsx";
import { type Incident, presentStack, stackTitles } from "./words.ts";

const severity: Column<Incident> = {
  name: "severity",
  header: "Severity",
  width: "5.5rem",
  cell: (row) => <SeverityBadge severity={row.severity} />,
};
const summary = (tenant: string): Column<Incident> => ({
  name: "incident",
  header: "Incident",
  cell: ({ id, summary: text }) => (
    <Link to="/t/$tenant/incidents/$incident" params={{ tenant, incident: id }} className="font-medium" title={text}>
      {text}
    </Link>
  ),
});
const deployment = (tenant: string): Column<Incident> => ({
  name: "deployment",
  header: "Deployment",
  width: "8rem",
  from: "md",
  cell: ({ deploymentName }) => (
    <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment: deploymentName }}>
      {deploymentName}
    </Link>
  ),
});

/** Of incidents that go on: both clocks run. */
export const openColumns = (tenant: string): readonly Column<Incident>[] => [
  severity,
  summary(tenant),
  deployment(tenant),
  {
    name: "stacks",
    header: "Stacks",
    width: "6.25rem",
    from: "md",
    cell: ({ stacks }) => <StackMarks stacks={stacks} />,
  },
  {
    name: "diagnosis",
    header: "Diagnosis",
    width: "12.5rem",
    from: "lg",
    cell: (row) => <DiagnosisClock row={row} />,
  },
  {
    name: "resolution",
    header: "Resolution",
    width: "8.5rem",
    cell: ({ openedAt, resolutionDueAt, resolvedAt }) => (
      <Clock span={{ startedAt: openedAt, dueAt: resolutionDueAt, endedAt: resolvedAt }} />
    ),
  },
];

function DiagnosisClock({ row }: { readonly row: Incident }) {
  const stack = presentStack(row);
  const span = row.stacks.find((each) => each.stack === stack);
  if (row.state === "concluded") return <>cause in {stack}</>;
  if (span === undefined || span.state !== "diagnosing") return <span className="text-ink-faint">no cause found</span>;
  return (
    <span className="inline-flex gap-2">
      <Clock span={span} />
      <span className="text-ink-faint">{stackTitles[stack]}</span>
    </span>
  );
}

/** Of incidents that are over. */
export const resolvedColumns = (tenant: string): readonly Column<Incident>[] => [
  severity,
  summary(tenant),
  deployment(tenant),
  {
    name: "cause",
    header: "Cause",
    width: "22%",
    from: "lg",
    cell: ({ cause }) => cause ?? <span className="text-ink-faint">not found</span>,
  },
  {
    name: "opened",
    header: "Opened",
    width: "9rem",
    from: "sm",
    cell: ({ openedAt }) => <Time at={openedAt} show="absolute" />,
  },
  {
    name: "resolution",
    header: "Resolution",
    width: "13rem",
    from: "md",
    cell: ({ openedAt, resolutionDueAt, resolvedAt }) => (
      <Clock span={{ startedAt: openedAt, dueAt: resolutionDueAt, endedAt: resolvedAt }} />
    ),
  },
];
