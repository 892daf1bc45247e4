import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import type { ApiProblem } from "../../api/problem.ts";
import { useWrite } from "../../api/write.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import { type Policy, policyDraftOf, policyErrors, policyOf } from "../policy/policy-draft.ts";
import { PolicyForm } from "../policy/policy-form.tsx";

interface PolicyDialogProps {
  readonly tenant: string;
  readonly state: Schemas["GatePolicyState"];
  readonly etag: string | null;
  readonly onClose: () => void;
}

/** All rules of an environment, changed on the version that was read. */
export function PolicyDialog({ tenant, state, etag, onClose }: PolicyDialogProps) {
  const { environment, policy: before } = state;
  const [draft, setDraft] = useState(() => policyDraftOf(before));
  const change = useWrite({
    tenant,
    send: (body: Policy) =>
      api.put("/v1/gate-policies/{environment}", {
        tenant,
        path: { environment },
        body,
        ...(etag === null ? {} : { ifMatch: etag }),
      }),
    done: () => {
      toast(`Rollouts of ${environment} begin with the new policy`);
      onClose();
    },
  });
  const errors = policyErrors(draft);
  const isWrong = Object.keys(errors).length > 0;
  const isSame = JSON.stringify(policyDraftOf(before)) === JSON.stringify(draft);
  return (
    <FormDialog
      title={`Policy of ${environment}`}
      onClose={onClose}
      act="Change the policy"
      isBusy={change.isPending}
      disabledBecause={isWrong ? "Mend what is marked first" : isSame ? "Nothing is changed" : null}
      onAct={() => change.mutate(policyOf(draft, before))}
    >
      <div className="grid gap-4">
        <PolicyForm
          environment={environment}
          draft={draft}
          at={(path) => errors[path] ?? messageBelow(change.error, path)}
          onChange={(part) => setDraft((known) => ({ ...known, ...part }))}
        />
        {change.error !== null && <ProblemNote problem={change.error} />}
      </div>
    </FormDialog>
  );
}

/** The server's message for a place or for anything within it. */
const messageBelow = (problem: ApiProblem | null, path: string): string | null =>
  problem?.fields.find((field) => field.path === path || field.path.startsWith(`${path}/`))?.message ?? null;
