import { useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Textarea } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import { type EvidenceDraft, EvidenceForm, noEvidence, wishOf } from "./evidence-form.tsx";
import type { IncidentDetail, StackName } from "./words.ts";

/** What is said of a stack. */
export type Verdict = "clear" | "conclude" | "suspect";

interface VerdictWords {
  readonly title: (stack: StackName) => string;
  readonly lead: (stack: StackName) => string;
  readonly action: (stack: StackName) => string;
  readonly field: string;
  readonly done: (stack: string) => string;
}

const WORDS: Readonly<Record<Verdict, VerdictWords>> = {
  clear: {
    title: (stack) => `Clear ${stack}?`,
    lead: () => "The fault is not in this stack. The next one's clock starts.",
    action: (stack) => `Clear ${stack}`,
    field: "Note",
    done: (stack) => `${stack} is cleared`,
  },
  conclude: {
    title: (stack) => `Is the cause in ${stack}?`,
    lead: () => "Every earlier stack is cleared. A conclusion that proves wrong is taken back by clearing this stack.",
    action: () => "Conclude",
    field: "The cause",
    done: (stack) => `The cause is in ${stack}`,
  },
  suspect: {
    title: (stack) => `Suspect ${stack}?`,
    lead: () => "Says where the fault may be, so that others know. It binds nobody, and the walk keeps its order.",
    action: (stack) => `Suspect ${stack}`,
    field: "Why",
    done: (stack) => `${stack} is suspected`,
  },
};

interface StackDialogProps {
  readonly tenant: string;
  readonly incident: IncidentDetail;
  readonly stack: StackName;
  readonly verdict: Verdict;
  readonly onClose: () => void;
}

interface Said {
  readonly words: string;
  readonly evidence: EvidenceDraft;
}

/** A verdict on one stack with its evidence. */
export function StackDialog({ tenant, incident, stack, verdict, onClose }: StackDialogProps) {
  const words = WORDS[verdict];
  const [said, setSaid] = useState<Said>({ words: "", evidence: { ...noEvidence, figures: verdict !== "suspect" } });
  const judge = useWrite({
    tenant,
    send: (input: Said, key) => send(verdict, { tenant, id: incident.id, stack, said: input, key }),
    done: () => {
      toast(words.done(capital(stack)));
      onClose();
    },
  });
  const needsCause = verdict === "conclude" && said.words.trim() === "";
  const needsEvidence = verdict !== "suspect" && wishOf(said.evidence).length === 0;
  const missing = needsCause ? "Name the cause" : needsEvidence ? "Attach at least one piece of evidence" : null;
  return (
    <FormDialog
      title={words.title(stack)}
      onClose={onClose}
      act={words.action(stack)}
      isBusy={judge.isPending}
      disabledBecause={missing}
      onAct={() => judge.mutate(said)}
    >
      <div className="grid gap-4">
        <p className="text-ink-soft">{words.lead(stack)}</p>
        <Field label={words.field} isRequired={verdict === "conclude"}>
          <Textarea
            data-autofocus
            rows={2}
            maxLength={2000}
            value={said.words}
            onChange={({ target: { value } }) => setSaid((before) => ({ ...before, words: value }))}
          />
        </Field>
        <EvidenceForm
          tenant={tenant}
          deployment={incident.deploymentName}
          draft={said.evidence}
          onChange={(evidence) => setSaid((before) => ({ ...before, evidence }))}
        />
        {judge.error !== null && <ProblemNote problem={judge.error} />}
      </div>
    </FormDialog>
  );
}

interface Sending {
  readonly tenant: string;
  readonly id: string;
  readonly stack: StackName;
  readonly said: Said;
  readonly key: string;
}

function send(verdict: Verdict, { tenant, id, stack, said, key }: Sending): Promise<IncidentDetail> {
  const common = { tenant, path: { id }, idempotencyKey: key };
  const evidence = wishOf(said.evidence);
  const words = said.words.trim();
  const note = words === "" ? {} : { note: words };
  if (verdict === "conclude")
    return api.post("/v1/incidents/{id}/conclude", { ...common, body: { stack, cause: words, evidence } });
  const body = { stack, ...note, evidence };
  return verdict === "clear"
    ? api.post("/v1/incidents/{id}/clear", { ...common, body })
    : api.post("/v1/incidents/{id}/suspect", { ...common, body });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
