import { useQueryClient } from "@tanstack/react-query";
import { PhoneForwarded } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import { deploymentQuery, heldBy, type Subject } from "./use-deployment.ts";

/** Sends every new call to people, or back to the active slot. */
export function DivertButton(subject: Subject) {
  const { tenant, deployment } = subject;
  const { mode, active } = deployment.pointer;
  const [isAsked, setAsked] = useState(false);
  const mayNot = useRefusal(tenant, "rollback");
  const client = useQueryClient();
  const isDiverted = mode === "diverted";
  const nothingLive = active === "none" ? "Nothing is live yet: no call comes here" : null;
  const change = useWrite({
    tenant,
    send: (reason: string | null, idempotencyKey) =>
      api.post(`/v1/deployments/{reference}/${isDiverted ? "undivert" : "divert"}`, {
        tenant,
        path: { reference: deployment.id },
        body: { reason },
        idempotencyKey,
      }),
    done: (pointer) => {
      const { queryKey } = deploymentQuery(tenant, deployment.name);
      client.setQueryData(queryKey, (before) => (before === undefined ? before : { ...before, pointer }));
      toast(isDiverted ? `New calls go to ${pointer.active} again` : "New calls go to people");
      setAsked(false);
    },
  });
  return (
    <>
      <Button
        icon={<PhoneForwarded className="size-4" aria-hidden="true" />}
        disabledBecause={mayNot ?? nothingLive}
        onClick={() => setAsked(true)}
      >
        {isDiverted ? "End divert" : "Divert to human"}
      </Button>
      {isAsked && (
        <ConfirmDialog
          isOpen
          onClose={() => setAsked(false)}
          title={isDiverted ? `End the divert of ${deployment.name}?` : `Divert ${deployment.name} to people?`}
          consequences={isDiverted ? <EndConsequences {...subject} /> : <DivertConsequences {...subject} />}
          action={isDiverted ? "End divert" : "Divert to human"}
          isDanger={!isDiverted}
          reason="optional"
          isBusy={change.isPending}
          problem={change.error}
          onConfirm={(reason) => change.mutate(reason)}
        />
      )}
    </>
  );
}

function DivertConsequences({ deployment }: Subject) {
  const fallback = deployment.overlay["fallbackNumber"];
  return (
    <p>
      Every new call rings{" "}
      {typeof fallback === "string" ? (
        <strong className="font-semibold text-ink">{fallback}</strong>
      ) : (
        "the fallback number"
      )}{" "}
      within a second, until somebody ends the divert. No agent answers meanwhile. Calls in progress go on where they
      are.
    </p>
  );
}

function EndConsequences(subject: Subject) {
  const { active } = subject.deployment.pointer;
  if (active === "none") return null;
  return (
    <p>
      New calls are answered by <strong className="font-semibold text-ink">{heldBy(subject, active)}</strong> on{" "}
      {active} again within a second. Calls that people have taken are not touched.
    </p>
  );
}
