import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Select, Textarea } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { type Severity, severityMeanings, STACKS, stackContents, type StackName, stackTitles } from "./words.ts";

interface OpenIncidentProps {
  readonly tenant: string;
  /** Chosen already, by name. */
  readonly deployment: string | undefined;
}

export function OpenIncident({ tenant, deployment }: OpenIncidentProps) {
  const refusal = useRefusal(tenant, "incidents");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="main" disabledBecause={refusal} onClick={() => setOpen(true)}>
        Open an incident
      </Button>
      {isOpen && <OpenDialog tenant={tenant} deployment={deployment} onClose={() => setOpen(false)} />}
    </>
  );
}

function OpenDialog({ tenant, deployment, onClose }: OpenIncidentProps & { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const deployments = useQuery(read("/v1/deployments", { tenant, query: { limit: 200 } })).data?.items ?? [];
  const [chosen, setChosen] = useState(deployment);
  const [severity, setSeverity] = useState<Severity>("sev-2");
  const [summary, setSummary] = useState("");
  const [stack, setStack] = useState<StackName | "">("");
  const reference = chosen ?? deployments[0]?.name;
  const open = useWrite({
    tenant,
    send: (
      input: { readonly reference: string; readonly stack: StackName | ""; summary: string; severity: Severity },
      key,
    ) =>
      api.post("/v1/deployments/{reference}/incidents", {
        tenant,
        path: { reference: input.reference },
        body: {
          severity: input.severity,
          summary: input.summary,
          ...(input.stack === "" ? {} : { stack: input.stack }),
        },
        idempotencyKey: key,
      }),
    done: ({ id }) => void navigate({ to: "/t/$tenant/incidents/$incident", params: { tenant, incident: id } }),
  });
  const missing =
    reference === undefined
      ? "There is no deployment yet"
      : summary.trim() === ""
        ? "Say what callers notice first"
        : null;
  return (
    <FormDialog
      title="Open an incident"
      onClose={onClose}
      act="Open and start both clocks"
      isBusy={open.isPending}
      disabledBecause={missing}
      onAct={() => reference !== undefined && open.mutate({ reference, severity, summary: summary.trim(), stack })}
    >
      <div className="grid gap-4">
        <Field label="Deployment" isRequired>
          <Select value={reference ?? ""} onChange={({ target: { value } }) => setChosen(value)}>
            {deployments.map(({ id, name }) => (
              <option key={id}>{name}</option>
            ))}
          </Select>
        </Field>
        <Field label="What callers notice" isRequired>
          <Textarea
            data-autofocus
            rows={2}
            maxLength={500}
            value={summary}
            onChange={({ target: { value } }) => setSummary(value)}
          />
        </Field>
        <Field label="Severity" isRequired hint={severityMeanings[severity]}>
          <Select value={severity} onChange={({ target: { value } }) => setSeverity(value as Severity)}>
            <option value="sev-1">SEV-1, callers are not served</option>
            <option value="sev-2">SEV-2, callers are served worse</option>
          </Select>
        </Field>
        <Field
          label="Suspected stack"
          hint={
            stack === "" ? "A suspicion binds nobody: the walk begins with telephony anyway." : stackContents[stack]
          }
        >
          <Select value={stack} onChange={({ target: { value } }) => setStack(value as StackName | "")}>
            <option value="">None yet</option>
            {STACKS.map((each) => (
              <option key={each} value={each}>
                {stackTitles[each]}
              </option>
            ))}
          </Select>
        </Field>
        {open.error !== null && <ProblemNote problem={open.error} />}
      </div>
    </FormDialog>
  );
}
