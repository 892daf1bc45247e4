import { counted } from "@tandem/kernel";
import { Check, X } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { useSession } from "../../shell/session.ts";
import { Subject } from "../../shell/subject.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Hash } from "../../ui/code.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { Card } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import { decisionRefusal } from "./decision-refusal.ts";
import type { Plan, Standing } from "./plan.ts";

type Rollout = Schemas["RolloutDetail"];
type Approval = Schemas["Approval"];
type Decision = "approve" | "reject";

interface DecisionPanelProps {
  readonly tenant: string;
  readonly plan: Plan;
  readonly standing: Standing;
  readonly rolloutId: string;
}

/** Approving or rejecting, bound to the very plan that is on the screen. */
export function DecisionPanel({ tenant, plan, standing, rolloutId: id }: DecisionPanelProps) {
  const rollout = useQuery(read("/v1/rollouts/{id}", { tenant, path: { id } }));
  const approvals = useQuery(read("/v1/rollouts/{id}/approvals", { tenant, path: { id } }));
  return (
    <Card>
      <Loaded of={rollout} skeleton={<Skeleton height="5rem" />}>
        {(read) =>
          read.planHash === plan.hash ? (
            <Panel
              tenant={tenant}
              plan={plan}
              name={standing.deployment.name}
              rollout={read}
              approvals={approvals.data?.items ?? []}
            />
          ) : (
            <OtherPlan tenant={tenant} planId={read.planId} />
          )
        }
      </Loaded>
    </Card>
  );
}

const OtherPlan = ({ tenant, planId }: { readonly tenant: string; readonly planId: string | null }) => (
  <Note tone="warn" title="The rollout has another plan by now">
    A decision about this one would be refused.{" "}
    {planId !== null && (
      <Link to="/t/$tenant/plans/$plan" params={{ tenant, plan: planId }}>
        Read the plan that waits for approval
      </Link>
    )}
  </Note>
);

interface PanelProps {
  readonly tenant: string;
  readonly plan: Plan;
  readonly name: string;
  readonly rollout: Rollout;
  readonly approvals: readonly Approval[];
}

function Panel({ tenant, plan, name, rollout, approvals }: PanelProps) {
  const [asked, setAsked] = useState<Decision | null>(null);
  const { person } = useSession();
  const role = useRefusal(tenant, "approve");
  const wanted = rollout.policy.approvals ?? 1;
  const given = approvals.filter(
    ({ decision, planHash, isEntitled }) => decision === "approve" && planHash === plan.hash && isEntitled,
  );
  const refusal = role ?? decisionRefusal(rollout, given, person === null ? null : `person:${person.id}`);
  const decide = useDecision(tenant, rollout.id, plan.hash, () => setAsked(null));
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
      <div className="grid min-w-0 gap-2">
        <h2 className="text-lg font-semibold">Waits for approval</h2>
        <p className="text-ink-soft">
          {`${given.length} of ${counted(wanted, "approval")} given.`}
          {rollout.dueAt !== null && (
            <>
              {" "}
              Ends <Time at={rollout.dueAt} /> without them.
            </>
          )}{" "}
          Your decision is about plan <Hash value={plan.hash} /> and no other.{" "}
          <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: rollout.id }}>
            Open the rollout
          </Link>
        </p>
        {given.length > 0 && <Given tenant={tenant} approvals={given} />}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          icon={<X className="size-4" aria-hidden="true" />}
          disabledBecause={role}
          onClick={() => setAsked("reject")}
        >
          Reject
        </Button>
        <Button
          look="main"
          icon={<Check className="size-4" aria-hidden="true" />}
          disabledBecause={refusal}
          onClick={() => setAsked("approve")}
        >
          Approve
        </Button>
      </div>
      <ConfirmDialog
        isOpen={asked === "approve"}
        onClose={() => setAsked(null)}
        title={`Approve the plan for ${name}?`}
        consequences={
          given.length + 1 >= wanted
            ? "It is the last approval that was missing: the release is then made in the other slot and tested. Callers notice nothing before the switch."
            : "It counts as yours; others are still missing."
        }
        action="Approve"
        reason="optional"
        isBusy={decide.isPending}
        problem={decide.error}
        onConfirm={(reason) => decide.mutate({ decision: "approve", reason })}
      />
      <ConfirmDialog
        isOpen={asked === "reject"}
        onClose={() => setAsked(null)}
        title={`Reject the plan for ${name}?`}
        consequences="The rollout is aborted. Nothing has been written for it; callers stay where they are."
        action="Reject"
        isDanger
        reason="required"
        isBusy={decide.isPending}
        problem={decide.error}
        onConfirm={(reason) => decide.mutate({ decision: "reject", reason })}
      />
    </div>
  );
}

const Given = ({ tenant, approvals }: { readonly tenant: string; readonly approvals: readonly Approval[] }) => (
  <ul className="grid gap-1">
    {approvals.map(({ subject, reason, at }) => (
      <li key={subject}>
        <StatusDot tone="good">
          <span>
            <Subject tenant={tenant} of={subject} />{" "}
            <span className="text-ink-faint">
              <Time at={at} show="relative" />
            </span>
            {reason !== null && <span className="whitespace-normal text-ink-soft"> “{reason}”</span>}
          </span>
        </StatusDot>
      </li>
    ))}
  </ul>
);

function useDecision(tenant: string, id: string, planHash: string, close: () => void) {
  return useWrite({
    tenant,
    send: ({ decision, reason }: { decision: Decision; reason: string | null }, idempotencyKey) =>
      api.post(`/v1/rollouts/{id}/${decision}`, { tenant, idempotencyKey, path: { id }, body: { reason, planHash } }),
    done: (_, { decision }) => {
      close();
      toast(decision === "approve" ? "Approved" : "Rejected: the rollout is aborted");
    },
  });
}
