import { useState } from "react";
import { api } from "../../../api/client.ts";
import type { Schemas } from "../../../api/generated/schema.ts";
import { useWrite } from "../../../api/write.ts";
import { FormDialog } from "../../../ui/form-dialog.tsx";
import { toast } from "../../../ui/toast.tsx";
import { ShownOnce } from "../shown-once.tsx";
import { creationOf, EMPTY_DRAFT, missingIn } from "./webhook-draft.ts";
import { WebhookFields } from "./webhook-fields.tsx";

/** Asks where messages go and of what; then shows what they are signed with, once. A chat has no such secret. */
export function CreateWebhookDialog({
  tenant,
  onClose,
}: {
  readonly tenant: string | undefined;
  readonly onClose: () => void;
}) {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const make = useWrite({
    tenant,
    send: (body: Schemas["CreateWebhook"], idempotencyKey) =>
      api.post("/v1/webhooks", { tenant, body, idempotencyKey }),
    done: ({ kind, host }) => {
      if (kind === "standard") return;
      toast(`Messages go to ${host} from now on`);
      onClose();
    },
  });
  if (make.data?.kind === "standard")
    return (
      <ShownOnce
        title={`Messages to ${make.data.host} are signed`}
        label="the signing secret"
        secret={make.data.signingSecret}
        onClose={onClose}
      >
        The receiver checks with it that a message is from Tandem. Put it there, and send a test message then.
      </ShownOnce>
    );
  return (
    <FormDialog
      title="Make a webhook"
      onClose={onClose}
      act="Make the webhook"
      isBusy={make.isPending}
      disabledBecause={missingIn(draft, true)}
      onAct={() => make.mutate(creationOf(draft))}
    >
      <WebhookFields
        draft={draft}
        isOfPlatform={tenant === undefined}
        isNew
        problem={make.error}
        onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
      />
    </FormDialog>
  );
}
