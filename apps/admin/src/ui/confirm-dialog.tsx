import { type ReactNode, useState } from "react";
import type { ApiProblem } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input, Textarea } from "./input.tsx";
import { ProblemNote } from "./problem-note.tsx";

export interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** A question that names its object: "Roll back front-desk?" */
  readonly title: string;
  /** What happens then, also to calls in progress, and what does not. */
  readonly consequences: ReactNode;
  /** The button's verb and object: "Roll back". */
  readonly action: string;
  /** True where callers or data would miss something. */
  readonly isDanger?: boolean;
  /** Asks why; kept in the audit log. */
  readonly reason?: "optional" | "required";
  /** What cannot be taken back wants this typed. */
  readonly typed?: string;
  readonly isBusy?: boolean;
  readonly problem?: ApiProblem | null;
  readonly onConfirm: (reason: string | null) => void;
}

/** One question before something that matters. The focus is on the way out; Enter does nothing until one goes to the button. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, consequences, action, isDanger = false, isBusy = false, problem = null } = props;
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const missing =
    props.reason === "required" && reason.trim() === ""
      ? "Say why first"
      : props.typed !== undefined && typed !== props.typed
        ? `Type ${props.typed} first`
        : null;
  const confirm = (): void => props.onConfirm(reason.trim() === "" ? null : reason.trim());
  return (
    <Dialog
      isOpen={isOpen}
      onClose={isBusy ? undefined : onClose}
      title={title}
      role="alertdialog"
      width="narrow"
      actions={
        <>
          <Button data-autofocus onClick={onClose}>
            Keep it as it is
          </Button>
          <Button look={isDanger ? "danger" : "main"} isBusy={isBusy} disabledBecause={missing} onClick={confirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <div className="text-ink-soft">{consequences}</div>
        {props.reason !== undefined && (
          <Field label="Why" isRequired={props.reason === "required"} hint="Kept in the audit log.">
            <Textarea rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        )}
        {props.typed !== undefined && (
          <Field label={`Type ${props.typed} to confirm`} isRequired>
            <Input isMono autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </Field>
        )}
        {problem !== null && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  );
}
