import { useState } from "react";
import { api } from "../../../api/client.ts";
import type { Schemas } from "../../../api/generated/schema.ts";
import { useWrite } from "../../../api/write.ts";
import { Field } from "../../../ui/field.tsx";
import { FormDialog } from "../../../ui/form-dialog.tsx";
import { Input, Select } from "../../../ui/input.tsx";
import { ProblemNote } from "../../../ui/problem-note.tsx";
import { toast } from "../../../ui/toast.tsx";
import { ShownOnce } from "../shown-once.tsx";
import { messageAt, type Webhook } from "./webhook-draft.ts";

interface RotateSecretDialogProps {
  readonly tenant: string | undefined;
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

/** A new signing secret, shown once; of a chat, whose address is its secret, a new address. */
export function RotateSecretDialog({ tenant, webhook, onClose }: RotateSecretDialogProps) {
  const { id, host } = webhook;
  const isChat = webhook.kind === "slack";
  const [overlapHours, setOverlap] = useState(24);
  const [url, setUrl] = useState("");
  const rotate = useWrite({
    tenant,
    send: (body: Schemas["RotateWebhookSecret"], idempotencyKey) =>
      api.post("/v1/webhooks/{id}/secret", { tenant, path: { id }, body, idempotencyKey }),
    done: (changed) => {
      if (!isChat) return;
      toast(`Messages go to the new address at ${changed.host}`);
      onClose();
    },
  });
  if (rotate.data !== undefined && !isChat)
    return (
      <ShownOnce
        title={`The new secret of ${host}`}
        label="the signing secret"
        secret={rotate.data.signingSecret}
        onClose={onClose}
      >
        Messages are signed with it from now on. Put it where the receiver checks them.
      </ShownOnce>
    );
  return (
    <FormDialog
      title={isChat ? `A new address for ${host}` : `A new secret for ${host}`}
      onClose={onClose}
      act={isChat ? "Use the new address" : "Make a new secret"}
      isBusy={rotate.isPending}
      disabledBecause={isChat && url.trim() === "" ? "Paste the new address" : null}
      onAct={() => rotate.mutate(isChat ? { url: url.trim() } : { overlapHours })}
    >
      <div className="grid gap-4">
        {isChat ? (
          <Field
            label="Address"
            isRequired
            hint="The new incoming webhook's address; the one before is forgotten."
            error={messageAt(rotate.error, "url")}
          >
            <Input
              data-autofocus
              type="url"
              autoComplete="off"
              maxLength={2048}
              value={url}
              onChange={({ target }) => setUrl(target.value)}
            />
          </Field>
        ) : (
          <Field
            label="The secret before signs too"
            isRequired
            hint="So long the receiver can take either, and no message is lost."
          >
            <Select value={overlapHours} onChange={({ target }) => setOverlap(Number(target.value))}>
              <option value={0}>not any more: it may be known to others</option>
              <option value={1}>for an hour</option>
              <option value={24}>for a day</option>
              <option value={168}>for a week</option>
            </Select>
          </Field>
        )}
        {rotate.error !== null && <ProblemNote problem={rotate.error} />}
      </div>
    </FormDialog>
  );
}
