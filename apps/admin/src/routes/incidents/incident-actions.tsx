import { useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/choice.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Textarea } from "../../ui/input.tsx";
import { Note } from "../../ui/note.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import { type EvidenceDraft, EvidenceForm, noEvidence, wishOf } from "./evidence-form.tsx";
import { type IncidentDetail, severityMeanings, severityWords } from "./words.ts";

interface ActionProps {
  readonly tenant: string;
  readonly incident: IncidentDetail;
}

/** A button with the dialog behind it. */
export function IncidentActions({ tenant, incident }: ActionProps) {
  const refusal = useRefusal(tenant, "incidents");
  const [open, setOpen] = useState<"note" | "severity" | "resolve" | null>(null);
  const close = (): void => setOpen(null);
  const isOver = incident.state === "resolved";
  return (
    <>
      <Button disabledBecause={refusal} onClick={() => setOpen("note")}>
        Add a note
      </Button>
      {!isOver && (
        <>
          <Button disabledBecause={refusal} onClick={() => setOpen("severity")}>
            Change severity
          </Button>
          <Button
            look={incident.state === "concluded" ? "main" : "plain"}
            disabledBecause={refusal}
            onClick={() => setOpen("resolve")}
          >
            Resolve
          </Button>
        </>
      )}
      {open === "note" && <NoteDialog tenant={tenant} incident={incident} onClose={close} />}
      {open === "severity" && <SeverityDialog tenant={tenant} incident={incident} onClose={close} />}
      {open === "resolve" && <ResolveDialog tenant={tenant} incident={incident} onClose={close} />}
    </>
  );
}

type DialogProps = ActionProps & { readonly onClose: () => void };

function NoteDialog({ tenant, incident, onClose }: DialogProps) {
  const [text, setText] = useState("");
  const [evidence, setEvidence] = useState<EvidenceDraft>(noEvidence);
  const note = useWrite({
    tenant,
    send: (body: { readonly text: string; readonly evidence: ReturnType<typeof wishOf> }, idempotencyKey) =>
      api.post("/v1/incidents/{id}/notes", { tenant, path: { id: incident.id }, body, idempotencyKey }),
    done: onClose,
  });
  return (
    <FormDialog
      title="Add a note"
      onClose={onClose}
      act="Add the note"
      isBusy={note.isPending}
      disabledBecause={text.trim() === "" ? "Write something first" : null}
      onAct={() => note.mutate({ text: text.trim(), evidence: wishOf(evidence) })}
    >
      <div className="grid gap-4">
        <Field label="Note" isRequired hint="Everybody who may read this incident reads it.">
          <Textarea
            data-autofocus
            rows={3}
            maxLength={2000}
            value={text}
            onChange={({ target: { value } }) => setText(value)}
          />
        </Field>
        <EvidenceForm tenant={tenant} deployment={incident.deploymentName} draft={evidence} onChange={setEvidence} />
        {note.error !== null && <ProblemNote problem={note.error} />}
      </div>
    </FormDialog>
  );
}

function SeverityDialog({ tenant, incident, onClose }: DialogProps) {
  const severity = incident.severity === "sev-1" ? "sev-2" : "sev-1";
  const [reason, setReason] = useState("");
  const change = useWrite({
    tenant,
    send: (text: string, idempotencyKey) =>
      api.post("/v1/incidents/{id}/severity", {
        tenant,
        path: { id: incident.id },
        body: { severity, reason: text },
        idempotencyKey,
      }),
    done: onClose,
  });
  return (
    <FormDialog
      title={`Make this ${severityWords[severity]}?`}
      width="narrow"
      onClose={onClose}
      act={`Make it ${severityWords[severity]}`}
      isBusy={change.isPending}
      disabledBecause={reason.trim() === "" ? "Say why first" : null}
      onAct={() => change.mutate(reason.trim())}
    >
      <div className="grid gap-4">
        <p className="text-ink-soft">
          {severityMeanings[severity]} The resolution clock goes on from the beginning of the incident; only its end
          moves.
        </p>
        <Field label="Why" isRequired>
          <Textarea
            data-autofocus
            rows={2}
            maxLength={2000}
            value={reason}
            onChange={({ target: { value } }) => setReason(value)}
          />
        </Field>
        {change.error !== null && <ProblemNote problem={change.error} />}
      </div>
    </FormDialog>
  );
}

function ResolveDialog({ tenant, incident, onClose }: DialogProps) {
  const hasCause = incident.state === "concluded";
  const [resolution, setResolution] = useState("");
  const [withoutCause, setWithoutCause] = useState(false);
  const resolve = useWrite({
    tenant,
    send: (body: { readonly resolution: string; readonly withoutCause: boolean }, idempotencyKey) =>
      api.post("/v1/incidents/{id}/resolve", { tenant, path: { id: incident.id }, body, idempotencyKey }),
    done: () => {
      toast("The incident is resolved");
      onClose();
    },
  });
  const missing =
    resolution.trim() === ""
      ? "Say what ended it"
      : !hasCause && !withoutCause
        ? "Conclude a stack first, or say that it ended without a known cause"
        : null;
  return (
    <FormDialog
      title="Are callers served again?"
      onClose={onClose}
      act="Resolve"
      isBusy={resolve.isPending}
      disabledBecause={missing}
      onAct={() => resolve.mutate({ resolution: resolution.trim(), withoutCause: !hasCause })}
    >
      <div className="grid gap-4">
        <p className="text-ink-soft">
          Both clocks stop. Tandem opens no new incident of the same stack for 20 minutes, since the figures still hold
          what was resolved.
        </p>
        {hasCause && (
          <Note title="The cause">
            <p>{incident.cause}</p>
          </Note>
        )}
        <Field label="What ended it" isRequired>
          <Textarea
            data-autofocus
            rows={2}
            maxLength={2000}
            placeholder="Rolled back to the release before"
            value={resolution}
            onChange={({ target: { value } }) => setResolution(value)}
          />
        </Field>
        {!hasCause && (
          <Checkbox
            label="It ended, and its cause is not known"
            hint="No stack is concluded. The incident is listed without a cause."
            checked={withoutCause}
            onChange={({ target: { checked } }) => setWithoutCause(checked)}
          />
        )}
        {resolve.error !== null && <ProblemNote problem={resolve.error} />}
      </div>
    </FormDialog>
  );
}
