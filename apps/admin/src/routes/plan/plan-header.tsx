import { useState } from "react";
import { useRefusal } from "../../shell/permission.ts";
import { Subject } from "../../shell/subject.tsx";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Link } from "../../ui/link.tsx";
import { PageHeader } from "../../ui/page.tsx";
import { Time } from "../../ui/time.tsx";
import { PlanAgainButton } from "./plan-again-button.tsx";
import { type PlanStand, type PlanState, standOf, standWords } from "./plan.ts";
import { StartDialog } from "./start-dialog.tsx";

interface PlanHeaderProps {
  readonly tenant: string;
  readonly planId: string;
  readonly state: PlanState;
}

/** What the plan is for, how it stands, and what can be done with it. */
export function PlanHeader({ tenant, planId, state }: PlanHeaderProps) {
  const { deployment, release } = state.standing;
  const stand = standOf(state);
  const { tone, word } = standWords(state);
  return (
    <PageHeader
      title={`Plan for ${deployment.name}`}
      trail={
        <>
          <Link to="/">Overview</Link>
          <span aria-hidden="true">/</span>
          <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment: deployment.name }}>
            {deployment.name}
          </Link>
        </>
      }
      badges={
        <>
          <StatusDot tone={tone}>{word}</StatusDot>
          <Badge>{deployment.environment}</Badge>
        </>
      }
      lead={
        <>
          <Link to="/playbooks/$name" params={{ name: deployment.playbook }}>
            {deployment.playbook}
          </Link>
          {release.version !== null && ` ${release.version}`}
          {state.plan !== undefined && ` into slot ${state.plan.targetSlot}`}, asked for{" "}
          <Time at={state.standing.requestedAt} /> by <Subject tenant={tenant} of={state.standing.requestedBy} />.
        </>
      }
      actions={<Actions tenant={tenant} planId={planId} state={state} stand={stand} />}
    />
  );
}

function Actions({ tenant, planId, state, stand }: PlanHeaderProps & { readonly stand: PlanStand }) {
  const [isStarting, setStarting] = useState(false);
  const role = useRefusal(tenant, "apply");
  if (stand === "pending" || stand === "failed" || stand === "stale") return null;
  const { rollouts } = state.standing;
  if (rollouts.length > 0) return <PlanAgainButton tenant={tenant} standing={state.standing} />;
  return (
    <>
      <PlanAgainButton tenant={tenant} standing={state.standing} />
      <Button
        look="main"
        disabledBecause={role ?? (stand === "blocked" ? "Preflight found errors: fix them and plan again" : null)}
        onClick={() => setStarting(true)}
      >
        Roll out
      </Button>
      <StartDialog
        tenant={tenant}
        planId={planId}
        standing={state.standing}
        isOpen={isStarting}
        onClose={() => setStarting(false)}
      />
    </>
  );
}
