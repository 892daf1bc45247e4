import type { Schemas } from "../../api/generated/schema.ts";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import type { Column } from "../../ui/table.tsx";

export type DeploymentSummary = Schemas["DeploymentSummary"];

/** The columns of a list of deployments. */
export const deploymentColumns = (tenant: string): readonly Column<DeploymentSummary>[] => [
  {
    name: "deployment",
    header: "Deployment",
    cell: ({ name }) => (
      <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment: name }} className="font-medium">
        {name}
      </Link>
    ),
  },
  { name: "live", header: "Live", width: "9rem", cell: ({ pointer }) => <Live pointer={pointer} /> },
  {
    name: "rollout",
    header: "Rollout",
    width: "10rem",
    from: "sm",
    cell: (row) => <Rollout tenant={tenant} row={row} />,
  },
  {
    name: "playbook",
    header: "Playbook",
    from: "md",
    cell: ({ playbook }) => (
      <Link to="/playbooks/$name" params={{ name: playbook }}>
        {playbook}
      </Link>
    ),
  },
  {
    name: "environment",
    header: "Environment",
    width: "8rem",
    from: "md",
    cell: ({ environment }) => <Badge>{environment}</Badge>,
  },
  { name: "number", header: "Number", width: "9.5rem", from: "lg", cell: ({ number }) => number ?? "–" },
];

function Live({ pointer: { active, mode, weightBp, candidate } }: { readonly pointer: DeploymentSummary["pointer"] }) {
  if (active === "none") return <span className="text-ink-faint">nothing yet</span>;
  return (
    <span className="inline-flex items-center gap-1.5">
      <SlotBadge slot={active} />
      {candidate !== null && (
        <span className="text-sm text-ink-faint">
          {weightBp / 100} % on {candidate}
        </span>
      )}
      {mode === "diverted" && <Badge tone="warn">diverted</Badge>}
    </span>
  );
}

function Rollout({ tenant, row: { liveRollout } }: { readonly tenant: string; readonly row: DeploymentSummary }) {
  if (liveRollout === null) return <span className="text-ink-faint">–</span>;
  return (
    <StatusDot tone={liveRollout.phase === "held" ? "warn" : "busy"}>
      <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: liveRollout.id }}>
        {liveRollout.phase}
      </Link>
    </StatusDot>
  );
}
