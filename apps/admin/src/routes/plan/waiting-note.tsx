import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Subject } from "../../shell/subject.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Note } from "../../ui/note.tsx";
import { Time } from "../../ui/time.tsx";
import type { Standing } from "./plan.ts";

interface WaitingNoteProps {
  readonly tenant: string;
  readonly planId: string;
  readonly standing: Standing;
}

/** A start of this plan that waits behind another rollout. */
export function WaitingNote({ tenant, planId, standing: { deployment } }: WaitingNoteProps) {
  const refusal = useRefusal(tenant, "apply");
  const [isAsking, setAsking] = useState(false);
  const { data } = useQuery(
    read("/v1/deployments/{reference}/waiting-rollouts", {
      tenant,
      path: { reference: deployment.id },
      query: { limit: 50 },
    }),
  );
  const waiting = data?.items.find((each) => each.planId === planId && each.state === "waiting");
  const cancel = useWrite({
    tenant,
    send: ({ id, reason }: { id: string; reason: string | null }, idempotencyKey) =>
      api.post("/v1/waiting-rollouts/{id}/cancel", { tenant, idempotencyKey, path: { id }, body: { reason } }),
    done: () => setAsking(false),
  });
  if (waiting === undefined) return null;
  return (
    <Note
      tone="busy"
      title={`A rollout of this plan waits behind the live one${waiting.position === null ? "" : `, place ${waiting.position}`}`}
      actions={
        <Button size="small" disabledBecause={refusal} onClick={() => setAsking(true)}>
          Cancel
        </Button>
      }
    >
      <p className="text-ink-soft">
        Asked for <Time at={waiting.createdAt} /> by <Subject tenant={tenant} of={waiting.createdBy} />. It begins by
        itself.
      </p>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Take the waiting rollout of ${deployment.name} out?`}
        consequences="It will not begin. Callers notice nothing, and the rollout that is live goes on."
        action="Take it out"
        reason="optional"
        isBusy={cancel.isPending}
        problem={cancel.error}
        onConfirm={(reason) => cancel.mutate({ id: waiting.id, reason })}
      />
    </Note>
  );
}
