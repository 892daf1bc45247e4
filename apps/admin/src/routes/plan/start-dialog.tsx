import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Standing } from "./plan.ts";
import {
  askedPolicy,
  draftOf,
  draftWords,
  errorsOf,
  firstError,
  type GatePolicy,
  type StartDraft,
} from "./start-draft.ts";
import { FreezeField, useFreeze } from "./freeze-field.tsx";
import { isSaidWithin, saidAt } from "./start-problem.ts";
import { StartFields } from "./start-fields.tsx";

interface StartDialogProps {
  readonly tenant: string;
  readonly planId: string;
  readonly standing: Standing;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** How this plan is to be rolled out: what the environment's policy says, and what is chosen over it. */
export function StartDialog(props: StartDialogProps) {
  const { tenant, standing, isOpen } = props;
  const { environment } = standing.deployment;
  const policy = useQuery({
    ...read("/v1/gate-policies/{environment}", { tenant, path: { environment: environment as "production" } }),
    enabled: isOpen,
  });
  if (!isOpen) return null;
  if (policy.data !== undefined) return <StartForm {...props} policy={policy.data.policy} />;
  return (
    <Dialog {...props} title={titleOf(standing)}>
      <Loaded of={policy}>{() => null}</Loaded>
    </Dialog>
  );
}

const titleOf = ({ deployment: { name } }: Standing): string => `Roll out ${name}?`;

function StartForm({ policy, ...props }: StartDialogProps & { readonly policy: GatePolicy }) {
  const { tenant, standing, onClose } = props;
  const [draft, setDraft] = useState(() => draftOf(policy));
  const change = (part: Partial<StartDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const freeze = useFreeze(tenant, standing.deployment);
  const start = useStart(props, policy);
  const errors = errorsOf(draft);
  const missing =
    firstError(errors) ??
    (freeze.window !== null && draft.overrideReason.trim() === ""
      ? "A freeze window is in force: say why it is passed, or wait"
      : null);
  return (
    <Dialog
      isOpen
      onClose={start.isPending ? undefined : onClose}
      title={titleOf(standing)}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="main" isBusy={start.isPending} disabledBecause={missing} onClick={() => start.mutate(draft)}>
            Roll out
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        <p className="text-ink-soft">
          {`The release is made in the slot that takes no calls, tested there, and then callers come to it. Until then nobody notices. `}
          <span className="text-ink">{sentence(draftWords(draft))}</span>
        </p>
        {freeze.window !== null && (
          <FreezeField
            tenant={tenant}
            freeze={freeze.window}
            reason={draft.overrideReason}
            onReason={(overrideReason) => change({ overrideReason })}
          />
        )}
        <StartFields
          tenant={tenant}
          standing={standing}
          policy={policy}
          draft={draft}
          errors={errors}
          said={saidAt(start.error)}
          isEvidenceRefused={isSaidWithin(start.error, "/evidence")}
          onChange={change}
        />
        {start.error !== null && <ProblemNote problem={start.error} />}
      </div>
    </Dialog>
  );
}

const sentence = (words: readonly string[]): string => `${words.join(", ")}.`;

function useStart({ tenant, planId, onClose }: StartDialogProps, policy: GatePolicy) {
  const navigate = useNavigate();
  return useWrite({
    tenant,
    send: (draft: StartDraft, idempotencyKey) =>
      api.post("/v1/rollouts", {
        tenant,
        idempotencyKey,
        body: {
          planId,
          policy: askedPolicy(draft, policy),
          ...(draft.whenLive === policy.whenLive ? {} : { whenLive: draft.whenLive }),
        },
      }),
    done: (started) => {
      onClose();
      if ("phase" in started) {
        toast("The rollout has begun");
        void navigate({ to: "/t/$tenant/rollouts/$rollout", params: { tenant, rollout: started.id } });
      } else toast(`The rollout waits, place ${started.position ?? 1}`, "busy");
    },
  });
}
