import { Subject } from "../../shell/subject.tsx";
import { Link } from "../../ui/link.tsx";
import type { AttentionItem } from "./attention-words.ts";

/** Which deployment it is about, or which fleet rollout. */
export function AttentionSubject({ item: { tenant, deployment, fleet } }: { readonly item: AttentionItem }) {
  if (fleet !== null) return <PausedFleet fleet={fleet} />;
  if (tenant === null || deployment === null) return null;
  return (
    <>
      <Link
        to="/t/$tenant/d/$deployment"
        params={{ tenant: tenant.slug, deployment: deployment.name }}
        className="font-medium"
      >
        {deployment.name}
      </Link>
      <span className="text-ink-soft">
        {" · "}
        {tenant.name} · {deployment.environment}
      </span>
    </>
  );
}

const PausedFleet = ({ fleet }: { readonly fleet: NonNullable<AttentionItem["fleet"]> }) => (
  <>
    <Link to="/fleet/$fleet" params={{ fleet: fleet.id }} className="font-medium">
      {fleet.playbook} {fleet.version}
    </Link>
    <span className="text-ink-soft">
      {" · paused by "}
      {fleet.pausedBy === null ? "itself" : <Subject tenant={null} of={fleet.pausedBy} />}
      {` · ${fleet.failed.toLocaleString("en")} of ${fleet.members.toLocaleString("en")} failed, ${fleet.through.toLocaleString("en")} through`}
    </span>
  </>
);
