import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client.ts";
import { useLive } from "../../../api/live.ts";
import { readPages } from "../../../api/page-list.ts";
import { useWrite } from "../../../api/write.ts";
import { usePlatformRefusal, useRefusal } from "../../../shell/permission.ts";
import { Button } from "../../../ui/button.tsx";
import { ProblemNote } from "../../../ui/problem-note.tsx";
import { Section } from "../../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../../ui/states.tsx";
import { Table } from "../../../ui/table.tsx";
import { toast } from "../../../ui/toast.tsx";
import { Refused } from "../refused.tsx";
import { ChangeWebhookDialog } from "./change-webhook-dialog.tsx";
import { CreateWebhookDialog } from "./create-webhook-dialog.tsx";
import { DeliveriesDialog } from "./deliveries-dialog.tsx";
import { RemoveWebhookDialog } from "./remove-webhook-dialog.tsx";
import { RotateSecretDialog } from "./rotate-secret-dialog.tsx";
import { type WebhookTask, webhookColumns } from "./webhook-columns.tsx";
import type { Webhook } from "./webhook-draft.ts";

/** Where messages of what happens in a tenant go. */
export function Webhooks({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "webhooks");
  return refusal === null ? <WebhookList tenant={tenant} /> : <Refused what="Webhooks" because={refusal} />;
}

/** Where messages of what is the platform's go; nothing for whoever may not see it. */
export function PlatformWebhooks() {
  const refusal = usePlatformRefusal("webhooks");
  return refusal === null ? <WebhookList tenant={undefined} /> : null;
}

const DIALOGS = {
  change: ChangeWebhookDialog,
  deliveries: DeliveriesDialog,
  secret: RotateSecretDialog,
  remove: RemoveWebhookDialog,
} as const satisfies Record<WebhookTask, unknown>;

function WebhookList({ tenant }: { readonly tenant: string | undefined }) {
  const { refetchInterval } = useLive(["audit"], tenant);
  const [isMaking, setMaking] = useState(false);
  const [task, setTask] = useState<{ readonly what: WebhookTask; readonly webhook: Webhook } | null>(null);
  const { data, error, refetch } = useInfiniteQuery({
    ...readPages("/v1/webhooks", { tenant, query: { limit: 100 } }),
    refetchInterval,
  });
  const test = useWrite({
    tenant,
    send: ({ id }: Webhook, idempotencyKey) =>
      api.post("/v1/webhooks/{id}/test", { tenant, path: { id }, idempotencyKey }),
    done: (_, { host }) => toast(`A test message is on its way to ${host}`),
  });
  const turn = useWrite({
    tenant,
    send: ({ id, state }: Webhook) =>
      api.patch("/v1/webhooks/{id}", {
        tenant,
        path: { id },
        body: { state: state === "active" ? "paused" : "active" },
      }),
    done: ({ host, state }) =>
      toast(state === "active" ? `${host} gets messages again` : `${host} gets no messages now`),
  });
  const problem = test.error ?? turn.error;
  const TaskDialog = task === null ? null : DIALOGS[task.what];
  return (
    <Section
      title="Webhooks"
      actions={
        <Button look="main" onClick={() => setMaking(true)}>
          Make a webhook
        </Button>
      }
    >
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <EmptyState title="No webhook yet">
          {tenant === undefined
            ? "Fleet rollouts that begin, pause or end are told to your systems and chats by webhooks."
            : "Rollouts, approvals, incidents and drift are told to your systems and chats by webhooks."}
        </EmptyState>
      ) : (
        <Table
          label="Webhooks"
          columns={webhookColumns({
            onTest: (webhook) => test.mutate(webhook),
            onTurn: (webhook) => turn.mutate(webhook),
            onTask: (what, webhook) => setTask({ what, webhook }),
            testing: test.isPending ? test.variables?.id : undefined,
          })}
          rows={data ?? []}
          keyOf={({ id }) => id}
          loadingRows={data === undefined ? 2 : 0}
        />
      )}
      {problem !== null && <ProblemNote problem={problem} />}
      {isMaking && <CreateWebhookDialog tenant={tenant} onClose={() => setMaking(false)} />}
      {task !== null && TaskDialog !== null && (
        <TaskDialog tenant={tenant} webhook={task.webhook} onClose={() => setTask(null)} />
      )}
    </Section>
  );
}
