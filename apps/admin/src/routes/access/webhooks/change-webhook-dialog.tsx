import { useState } from "react";
import { api } from "../../../api/client.ts";
import type { Schemas } from "../../../api/generated/schema.ts";
import { useWrite } from "../../../api/write.ts";
import { FormDialog } from "../../../ui/form-dialog.tsx";
import { toast } from "../../../ui/toast.tsx";
import { changeOf, draftOf, missingIn, type Webhook } from "./webhook-draft.ts";
import { WebhookFields } from "./webhook-fields.tsx";

interface ChangeWebhookDialogProps {
  readonly tenant: string | undefined;
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

/** What it is told of, where it goes, and whom its links act as. */
export function ChangeWebhookDialog({ tenant, webhook, onClose }: ChangeWebhookDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(webhook));
  const change = useWrite({
    tenant,
    send: (body: Schemas["ChangeWebhook"]) =>
      api.patch("/v1/webhooks/{id}", { tenant, path: { id: webhook.id }, body }),
    done: ({ host }) => {
      toast(`The webhook to ${host} is changed`);
      onClose();
    },
  });
  const body = changeOf(draft, webhook);
  const isSame = Object.keys(body).length === 0;
  return (
    <FormDialog
      title={`Webhook to ${webhook.host}`}
      onClose={onClose}
      act="Change the webhook"
      isBusy={change.isPending}
      disabledBecause={missingIn(draft, false) ?? (isSame ? "Nothing is changed" : null)}
      onAct={() => change.mutate(body)}
    >
      <WebhookFields
        draft={draft}
        isOfPlatform={tenant === undefined}
        isNew={false}
        problem={change.error}
        onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
      />
    </FormDialog>
  );
}
