import { api } from "../../../api/client.ts";
import { useWrite } from "../../../api/write.ts";
import { ConfirmDialog } from "../../../ui/confirm-dialog.tsx";
import { toast } from "../../../ui/toast.tsx";
import type { Webhook } from "./webhook-draft.ts";

interface RemoveWebhookDialogProps {
  readonly tenant: string | undefined;
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

export function RemoveWebhookDialog({ tenant, webhook, onClose }: RemoveWebhookDialogProps) {
  const { host, linksFor } = webhook;
  const remove = useWrite({
    tenant,
    send: (id: string) => api.delete("/v1/webhooks/{id}", { tenant, path: { id } }),
    done: () => {
      toast(`${host} gets no messages any more`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      isDanger
      title={`Remove the webhook to ${host}?`}
      action="Remove"
      isBusy={remove.isPending}
      problem={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate(webhook.id)}
      consequences={
        <p>
          Nothing is sent there any more, also not what waits to be tried again, and its secret is forgotten.
          {linksFor !== null && " Links in its messages that nobody has used work no more."} To stop it for a while,
          pause it.
        </p>
      }
    />
  );
}
