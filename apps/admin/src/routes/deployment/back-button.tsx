import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Undo2 } from "lucide-react";
import { useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { formatDuration } from "../../ui/time-text.ts";
import { toast } from "../../ui/toast.tsx";
import { RevertConsequences, RollbackConsequences } from "./back-words.tsx";
import { deploymentQuery, type Subject } from "./use-deployment.ts";

const icon = <Undo2 className="size-4" aria-hidden="true" />;

/** The way back: a rollback while the previous slot stands, else a revert. Key `b` presses it. */
export function BackButton(subject: Subject) {
  const { possible } = subject.deployment.wayBack;
  const canRevert = !possible && (subject.standing?.revert.to ?? null) !== null;
  return canRevert && subject.deployment.liveRollout === null ? <Revert {...subject} /> : <Rollback {...subject} />;
}

function Rollback(subject: Subject) {
  const { tenant, deployment } = subject;
  const [isAsked, setAsked] = useState(false);
  const mayNot = useRefusal(tenant, "rollback");
  const refusal = mayNot ?? (deployment.wayBack.possible ? null : deployment.wayBack.reason);
  const client = useQueryClient();
  const sentAtMs = useRef(0);
  const rollback = useWrite({
    tenant,
    send: (reason: string | null, idempotencyKey) => {
      sentAtMs.current = performance.now();
      return api.post("/v1/deployments/{reference}/rollback", {
        tenant,
        path: { reference: deployment.id },
        body: { reason },
        idempotencyKey,
      });
    },
    done: ({ pointer, wasAbort }) => {
      const { queryKey } = deploymentQuery(tenant, deployment.name);
      client.setQueryData(queryKey, (before) => (before === undefined ? before : { ...before, pointer }));
      const took = formatDuration(performance.now() - sentAtMs.current);
      toast(
        wasAbort
          ? "The rollout is aborted; callers noticed nothing"
          : `New calls go to ${pointer.active}, after ${took}`,
      );
      setAsked(false);
    },
  });
  return (
    <>
      <Button
        look={deployment.wayBack.possible ? "danger" : "plain"}
        icon={icon}
        data-shortcut="rollback"
        aria-keyshortcuts="b"
        disabledBecause={refusal}
        onClick={() => setAsked(true)}
      >
        Roll back
      </Button>
      {isAsked && (
        <ConfirmDialog
          isOpen
          onClose={() => setAsked(false)}
          title={`Roll back ${deployment.name}?`}
          consequences={<RollbackConsequences {...subject} />}
          action="Roll back"
          isDanger
          reason="optional"
          isBusy={rollback.isPending}
          problem={rollback.error}
          onConfirm={(reason) => rollback.mutate(reason)}
        />
      )}
    </>
  );
}

function Revert(subject: Subject) {
  const { tenant, deployment } = subject;
  const [isAsked, setAsked] = useState(false);
  const navigate = useNavigate();
  const refusal = useRefusal(tenant, "apply");
  const revert = useWrite({
    tenant,
    send: (reason: string | null, idempotencyKey) =>
      api.post("/v1/deployments/{reference}/revert", {
        tenant,
        path: { reference: deployment.id },
        body: { reason },
        idempotencyKey,
      }),
    done: ({ id }) => {
      toast("A rollout of the release before has begun");
      void navigate({ to: "/t/$tenant/rollouts/$rollout", params: { tenant, rollout: id } });
    },
  });
  return (
    <>
      <Button
        icon={icon}
        data-shortcut="rollback"
        aria-keyshortcuts="b"
        disabledBecause={refusal}
        onClick={() => setAsked(true)}
      >
        Revert
      </Button>
      {isAsked && (
        <ConfirmDialog
          isOpen
          onClose={() => setAsked(false)}
          title={`Revert ${deployment.name} to an older release?`}
          consequences={<RevertConsequences {...subject} />}
          action="Revert"
          reason="optional"
          isBusy={revert.isPending}
          problem={revert.error}
          onConfirm={(reason) => revert.mutate(reason)}
        />
      )}
    </>
  );
}
