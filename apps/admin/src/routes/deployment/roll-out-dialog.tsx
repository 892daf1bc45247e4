import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import { gateWords } from "./gate-words.ts";
import { heldBy, type Subject } from "./use-deployment.ts";

/** Which version, what it has to pass, and then either the plan first or the rollout at once. */
export function RollOutDialog(props: Subject & { readonly onClose: () => void }) {
  const { tenant, deployment, onClose } = props;
  const versions = useQuery(read("/v1/manifests", { tenant, query: { playbook: deployment.playbook, limit: 50 } }));
  return (
    <Loaded of={versions} skeleton={null}>
      {({ items }) =>
        items.length === 0 ? (
          <Dialog isOpen onClose={onClose} title={`Roll out ${deployment.name}`} width="narrow">
            <p>
              No version of {deployment.playbook} is published.{" "}
              <Link to="/playbooks/$name" params={{ name: deployment.playbook }}>
                Look at the playbook
              </Link>
            </p>
          </Dialog>
        ) : (
          <Choice {...props} versions={items.map(({ playbook, version }) => ({ playbook, version }))} />
        )
      }
    </Loaded>
  );
}

interface ChoiceProps extends Subject {
  readonly onClose: () => void;
  readonly versions: readonly { readonly playbook: string; readonly version: string }[];
}

function Choice({ versions, onClose, ...subject }: ChoiceProps) {
  const { tenant, deployment, standing } = subject;
  const names = versions.map(({ playbook, version }) => `${playbook}@${version}`);
  const [chosen, setChosen] = useState(names[0] ?? "");
  const { active } = deployment.pointer;
  const live = active === "none" ? null : (standing?.slots[active]?.version ?? null);
  const start = useStart(tenant, deployment.id);
  const plan = usePlan(tenant, deployment.id);
  const problem = start.error ?? plan.error;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Roll out ${deployment.name}`}
      actions={
        <>
          <Button onClick={onClose}>Keep it as it is</Button>
          <Button
            isBusy={plan.isPending}
            disabledBecause={useRefusal(tenant, "edit")}
            onClick={() => plan.mutate(chosen)}
          >
            Plan first
          </Button>
          <Button
            look="main"
            isBusy={start.isPending}
            disabledBecause={useRefusal(tenant, "apply")}
            onClick={() => start.mutate(chosen, { onSuccess: onClose })}
          >
            Roll out
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <Field
          label="Version"
          isRequired
          hint={active === "none" ? "Nothing is live yet." : `Live now: ${heldBy(subject, active)}`}
        >
          <Select data-autofocus value={chosen} onChange={({ target }) => setChosen(target.value)}>
            {names.map((name, index) => (
              <option key={name} value={name}>
                {name.replace("@", " ")}
                {index === 0 ? " · newest" : ""}
                {name === live ? " · live" : ""}
              </option>
            ))}
          </Select>
        </Field>
        <Gates {...subject} />
        {deployment.liveRollout !== null && (
          <Note tone="warn" title="Another rollout is in progress">
            This one is refused or waits for its end, as the gate policy says.
          </Note>
        )}
        {problem !== null && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  );
}

/** What the environment's gate policy asks of every rollout. */
function Gates({ tenant, deployment: { environment } }: Subject) {
  const { data } = useQuery(read("/v1/gate-policies/{environment}", { tenant, path: { environment } }));
  return (
    <div className="min-h-28 text-ink-soft">
      <p className="font-medium text-ink">What happens</p>
      <ol className="mt-1 list-decimal pl-5">
        {(data === undefined ? [] : gateWords(data.policy)).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ol>
    </div>
  );
}

function useStart(tenant: string, deploymentId: string) {
  const navigate = useNavigate();
  return useWrite({
    tenant,
    send: (manifestVersion: string, idempotencyKey) =>
      api.post("/v1/rollouts", { tenant, body: { deploymentId, manifestVersion }, idempotencyKey }),
    done: (started) => {
      if ("phase" in started)
        void navigate({ to: "/t/$tenant/rollouts/$rollout", params: { tenant, rollout: started.id } });
      else toast(`It waits in place ${started.position ?? 1} for the live rollout's end`, "busy");
    },
  });
}

function usePlan(tenant: string, deploymentId: string) {
  const navigate = useNavigate();
  return useWrite({
    tenant,
    send: (manifest: string, idempotencyKey) =>
      api.post("/v1/deployments/{reference}/plans", {
        tenant,
        path: { reference: deploymentId },
        body: { manifest },
        idempotencyKey,
      }),
    done: ({ planId }) => void navigate({ to: "/t/$tenant/plans/$plan", params: { tenant, plan: planId } }),
  });
}
