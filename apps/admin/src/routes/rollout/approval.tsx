import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { Button } from "../../ui/button.tsx";
import { Hash } from "../../ui/code.tsx";
import { Field } from "../../ui/field.tsx";
import { Textarea } from "../../ui/input.tsx";
import { ButtonLink } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Card } from "../../ui/section.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { Timeline } from "../../ui/timeline.tsx";
import { toast } from "../../ui/toast.tsx";
import { Subject } from "../../shell/subject.tsx";
import type { StageProps } from "./stage-view.tsx";

/** Who has approved the plan, who must still, and the decision in place. */
export function Approval(props: StageProps) {
  const { tenant, rollout } = props;
  const { policy, planId, planHash, id } = rollout;
  const approvals = useQuery(read("/v1/rollouts/{id}/approvals", { tenant, path: { id } }));
  if (policy.approval === "none")
    return <EmptyState title="No approval is asked for">The policy of this environment asks for none.</EmptyState>;
  return (
    <Loaded of={approvals}>
      {({ items }) => (
        <Card>
          <div className="grid gap-5">
            <div className="flex flex-wrap items-center justify-between gap-3">
              <Count items={items} needed={policy.approvals ?? 1} planHash={planHash} />
              {planId !== null && (
                <ButtonLink to="/t/$tenant/plans/$plan" params={{ tenant, plan: planId }} size="small">
                  Read the plan
                </ButtonLink>
              )}
            </div>
            {items.length > 0 && <Decisions tenant={tenant} items={items} planHash={planHash} />}
            {rollout.phase === "awaiting-approval" && <Decide {...props} />}
          </div>
        </Card>
      )}
    </Loaded>
  );
}

type Given = Schemas["Approval"];

function Count({
  items,
  needed,
  planHash,
}: {
  readonly items: readonly Given[];
  needed: number;
  planHash: string | null;
}) {
  const counting = items.filter((each) => each.decision === "approve" && each.isEntitled && each.planHash === planHash);
  return (
    <p>
      <span className="font-medium">
        {counting.length} of {counted(needed, "approval")}
      </span>
      {planHash !== null && (
        <span className="text-ink-faint">
          {" "}
          of plan <Hash value={planHash} />
        </span>
      )}
    </p>
  );
}

interface DecisionsProps {
  readonly tenant: string;
  readonly items: readonly Given[];
  readonly planHash: string | null;
}

const Decisions = ({ tenant, items, planHash }: DecisionsProps) => (
  <Timeline
    label="Decisions"
    moments={items.map(({ subject, decision, at, reason, via, isEntitled, planHash: decided }) => ({
      key: `${subject} ${at}`,
      tone: decision === "reject" ? "bad" : isEntitled && decided === planHash ? "good" : "neutral",
      title: (
        <span className="inline-block first-letter:uppercase">
          <Subject tenant={tenant} of={subject} /> {decision === "approve" ? "approved" : "rejected"} by{" "}
          {VIA[via] ?? via}
        </span>
      ),
      at: <Time at={at} />,
      children: (
        <>
          {reason !== null && <p>“{reason}”</p>}
          {decided !== planHash && <p>Of an earlier plan: it does not count.</p>}
          {!isEntitled && <p>Does not count any more: the role is gone.</p>}
        </>
      ),
    }))}
  />
);

const VIA: Readonly<Record<string, string>> = { api: "hand", cli: "the command line", link: "a link" };

/** The decision, bound to the plan that is on the screen. */
function Decide({ tenant, rollout, standing }: StageProps) {
  const [reason, setReason] = useState("");
  const refusals = new Map(standing.requests.map(({ request, refusal }) => [request, refusal]));
  const decide = useWrite({
    tenant,
    send: ({ decision, ...body }: { decision: "approve" | "reject"; reason: string | null }, idempotencyKey) =>
      api.post(`/v1/rollouts/{id}/${decision}`, {
        tenant,
        path: { id: rollout.id },
        body: { ...body, ...(rollout.planHash !== null && { planHash: rollout.planHash }) },
        idempotencyKey,
      }),
    done: (_, { decision }) => toast(decision === "approve" ? "Your approval is given" : "The plan is rejected"),
  });
  const send = (decision: "approve" | "reject"): void =>
    decide.mutate({ decision, reason: reason.trim() === "" ? null : reason.trim() });
  const rejection = refusals.get("reject") ?? (reason.trim() === "" ? "Say why first" : null);
  return (
    <div className="grid gap-3 border-t border-line pt-4">
      <Field label="Why" hint="Kept with the decision; needed to reject.">
        <Textarea rows={2} maxLength={500} value={reason} onChange={({ target }) => setReason(target.value)} />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button
          look="main"
          isBusy={decide.isPending && decide.variables.decision === "approve"}
          disabledBecause={refusals.get("approve")}
          onClick={() => send("approve")}
        >
          Approve this plan
        </Button>
        <Button
          isBusy={decide.isPending && decide.variables.decision === "reject"}
          disabledBecause={rejection}
          onClick={() => send("reject")}
        >
          Reject
        </Button>
      </div>
      {refusals.get("approve") != null && <p className="text-ink-soft">{refusals.get("approve")}</p>}
      {decide.error !== null && <ProblemNote problem={decide.error} />}
    </div>
  );
}
