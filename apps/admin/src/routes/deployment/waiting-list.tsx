import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Subject as Person } from "../../shell/subject.tsx";
import { Button } from "../../ui/button.tsx";
import { Hash } from "../../ui/code.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Section } from "../../ui/section.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";

type Waiting = Schemas["WaitingRollout"];

/** Rollouts that begin once the live one has ended, in their order; nothing where none waits. */
export function WaitingList({ tenant, deploymentId }: { readonly tenant: string; readonly deploymentId: string }) {
  const { data } = useQuery(
    read("/v1/deployments/{reference}/waiting-rollouts", {
      tenant,
      path: { reference: deploymentId },
      query: { limit: 50 },
    }),
  );
  const waiting = data?.items.filter(({ state }) => state === "waiting") ?? [];
  if (waiting.length === 0) return null;
  return (
    <Section title="Waiting rollouts">
      <ol className="divide-y divide-line rounded-lg border border-line bg-surface">
        {waiting.map((each) => (
          <Row key={each.id} tenant={tenant} waiting={each} />
        ))}
      </ol>
    </Section>
  );
}

function Row({ tenant, waiting }: { readonly tenant: string; readonly waiting: Waiting }) {
  const [isAsked, setAsked] = useState(false);
  const refusal = useRefusal(tenant, "rollback");
  const cancel = useWrite({
    tenant,
    send: (reason: string | null, idempotencyKey) =>
      api.post("/v1/waiting-rollouts/{id}/cancel", {
        tenant,
        path: { id: waiting.id },
        body: { reason },
        idempotencyKey,
      }),
    done: () => {
      toast("It waits no more");
      setAsked(false);
    },
  });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2">
      <span>
        <span className="mr-2 font-semibold tabular-nums">{waiting.position}.</span>
        Release <Hash value={waiting.bundleHash} />
        <span className="text-ink-faint">
          {" · asked for by "}
          <Person tenant={tenant} of={waiting.createdBy} /> <Time at={waiting.createdAt} show="relative" />
        </span>
      </span>
      <Button size="small" disabledBecause={refusal} onClick={() => setAsked(true)}>
        Take it out
      </Button>
      {isAsked && (
        <ConfirmDialog
          isOpen
          onClose={() => setAsked(false)}
          title={`Take the rollout in place ${waiting.position ?? ""} out?`}
          consequences="It does not begin. Nothing has been written for it yet; callers notice nothing."
          action="Take it out"
          reason="optional"
          isBusy={cancel.isPending}
          problem={cancel.error}
          onConfirm={(reason) => cancel.mutate(reason)}
        />
      )}
    </li>
  );
}
