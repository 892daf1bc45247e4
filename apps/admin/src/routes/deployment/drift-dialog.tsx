import { useState } from "react";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { useWrite } from "../../api/write.ts";
import { Button } from "../../ui/button.tsx";
import { dayAfter, dayOf, startOfDay } from "../../ui/calendar-day.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, Textarea } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { useZone } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Subject } from "./use-deployment.ts";

export type DriftAnswer = Schemas["DriftDecision"]["answer"];

interface DriftDialogProps extends Pick<Subject, "tenant" | "deployment"> {
  readonly resource: Schemas["ResourceDrift"];
  readonly answer: DriftAnswer;
  readonly onClose: () => void;
}

const WORDS: Readonly<Record<DriftAnswer, { title: string; consequence: string; action: string }>> = {
  adopt: {
    title: "Adopt",
    consequence:
      "What the vendor has now becomes the deployment's configuration, for the next release too. Nothing is written at the vendor.",
    action: "Adopt it",
  },
  revert: {
    title: "Revert",
    consequence:
      "A plan is made that writes our values back. Nothing is written before that plan has been read and rolled out.",
    action: "Plan the revert",
  },
  ignore: {
    title: "Ignore",
    consequence:
      "It stays as it is at the vendor and is not told of again until that day. The next release overwrites it.",
    action: "Ignore it",
  },
};
const WEEK_MS = 7 * 86_400_000;

/** Asks why, and until when, before something is decided about one object that drifted. */
export function DriftDialog({ tenant, deployment, resource, answer, onClose }: DriftDialogProps) {
  const [reason, setReason] = useState("");
  const zone = useZone();
  const [until, setUntil] = useState(() => dayOf(Date.now() + WEEK_MS, zone));
  const end = startOfDay(dayAfter(until) ?? "", zone);
  const words = WORDS[answer];
  const navigate = useNavigate();
  const place = {
    address: resource.address,
    reason: reason.trim(),
    ...(resource.slot !== null && { slot: resource.slot }),
  };
  const decide = useWrite({
    tenant,
    send: (body: Schemas["DecideDrift"], idempotencyKey) =>
      api.post("/v1/deployments/{reference}/drift/decisions", {
        tenant,
        path: { reference: deployment.id },
        body,
        idempotencyKey,
      }),
    done: ({ effect, decision: { planId } }) => {
      toast(effect);
      onClose();
      if (planId !== null) void navigate({ to: "/t/$tenant/plans/$plan", params: { tenant, plan: planId } });
    },
  });
  const send = (): void => {
    if (answer !== "ignore") decide.mutate({ answer, ...place });
    else if (end !== null) decide.mutate({ answer, ...place, until: end });
  };
  const missing = reason.trim() === "" ? "Say why first" : null;
  const endless = answer === "ignore" && end === null ? "Choose a day first" : null;
  return (
    <Dialog
      isOpen
      onClose={decide.isPending ? undefined : onClose}
      title={`${words.title} the drift of ${resource.address}?`}
      actions={
        <>
          <Button onClick={onClose}>Keep it as it is</Button>
          <Button look="main" isBusy={decide.isPending} disabledBecause={missing ?? endless} onClick={send}>
            {words.action}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <p className="text-ink-soft">{words.consequence}</p>
        {answer === "ignore" && (
          <Field label="Until" isRequired hint={`To the end of that day in ${zone}.`}>
            <Input type="date" value={until} onChange={({ target }) => setUntil(target.value)} />
          </Field>
        )}
        <Field label="Why" isRequired hint="Kept in the audit log.">
          <Textarea
            rows={2}
            maxLength={500}
            data-autofocus
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </Field>
        {decide.error !== null && <ProblemNote problem={decide.error} />}
      </div>
    </Dialog>
  );
}
