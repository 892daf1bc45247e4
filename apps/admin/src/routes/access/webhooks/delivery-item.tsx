import { api } from "../../../api/client.ts";
import type { Schemas } from "../../../api/generated/schema.ts";
import { useWrite } from "../../../api/write.ts";
import { Duration } from "../../../ui/amount.tsx";
import { StatusDot } from "../../../ui/badge.tsx";
import { Button } from "../../../ui/button.tsx";
import { ProblemNote } from "../../../ui/problem-note.tsx";
import { Time } from "../../../ui/time.tsx";
import { toast } from "../../../ui/toast.tsx";
import type { Tone } from "../../../ui/tone.ts";

type Delivery = Schemas["WebhookDelivery"];

/** One message on its way to one endpoint: how it stands, each attempt, and sending it again. */
export function DeliveryItem({
  tenant,
  delivery,
}: {
  readonly tenant: string | undefined;
  readonly delivery: Delivery;
}) {
  const { endpointId: id, messageId, type, outcomes } = delivery;
  const resend = useWrite({
    tenant,
    send: (message: string, idempotencyKey) =>
      api.post("/v1/webhooks/{id}/deliveries/{messageId}/resend", {
        tenant,
        path: { id, messageId: message },
        idempotencyKey,
      }),
    done: () => toast("It is being sent again"),
  });
  const [tone, word] = standingOf(delivery);
  return (
    <li className="grid gap-2 rounded-lg border border-line p-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <StatusDot tone={tone}>{word}</StatusDot>
        <code className="font-mono text-sm">{type}</code>
        <span className="text-sm text-ink-faint">
          <Time at={delivery.createdAt} />
        </span>
        <span className="ml-auto">
          <Button
            size="small"
            isBusy={resend.isPending}
            aria-label={`Send again: ${type}`}
            onClick={() => resend.mutate(messageId)}
          >
            Send again
          </Button>
        </span>
      </div>
      {delivery.dueAt !== null && outcomes.length > 0 && (
        <p className="text-sm text-ink-soft">
          Tried next <Time at={delivery.dueAt} />
        </p>
      )}
      {outcomes.length > 0 && (
        <details>
          <summary className="cursor-pointer text-sm text-ink-soft">
            {outcomes.length === 1 ? "1 attempt" : `${outcomes.length} attempts`}: {outcomeText(outcomes.at(-1))}
          </summary>
          <ol className="mt-2 grid gap-1 text-sm">
            {outcomes.map((outcome) => (
              <li key={outcome.at} className="flex flex-wrap gap-x-3">
                <Time at={outcome.at} show="absolute" />
                <span>{outcomeText(outcome)}</span>
                <span className="text-ink-faint">
                  <Duration ms={outcome.tookMs} />
                </span>
              </li>
            ))}
          </ol>
        </details>
      )}
      {resend.error !== null && <ProblemNote problem={resend.error} />}
    </li>
  );
}

function standingOf({ state, outcomes }: Delivery): readonly [Tone, string] {
  if (state === "delivered") return ["good", "delivered"];
  if (state === "failed") return ["bad", "given up"];
  return outcomes.length === 0 ? ["busy", "on its way"] : ["warn", "is tried again"];
}

function outcomeText(outcome: Delivery["outcomes"][number] | undefined): string {
  if (outcome === undefined) return "";
  const { status, error } = outcome;
  return [...(status === null ? [] : [`answered ${status}`]), ...(error === null ? [] : [error])].join(", ");
}
