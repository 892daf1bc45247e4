import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../../api/generated/schema.ts";
import { readPages } from "../../../api/page-list.ts";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { Select } from "../../../ui/input.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { SkeletonLines } from "../../../ui/skeleton.tsx";
import { DeliveryItem } from "./delivery-item.tsx";
import type { Webhook } from "./webhook-draft.ts";

type State = Schemas["WebhookDelivery"]["state"];

interface DeliveriesDialogProps {
  readonly tenant: string | undefined;
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

/** No hint tells of an attempt: it is looked at this often while the dialog is open. */
const LOOK_MS = 4000;

/** What is and was on its way to an endpoint, newest first, with every attempt. */
export function DeliveriesDialog({ tenant, webhook, onClose }: DeliveriesDialogProps) {
  const [state, setState] = useState<State | "">("");
  const query = { limit: 25, ...(state !== "" && { state }) };
  const list = useInfiniteQuery({
    ...readPages("/v1/webhooks/{id}/deliveries", { tenant, path: { id: webhook.id }, query }),
    refetchInterval: LOOK_MS,
  });
  return (
    <Dialog
      isOpen
      width="wide"
      title={`Messages to ${webhook.host}`}
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      <div className="grid gap-4">
        <Field label="Show" isRequired className="sm:max-w-56">
          <Select value={state} onChange={({ target }) => setState(target.value as State | "")}>
            <option value="">All</option>
            <option value="pending">On their way</option>
            <option value="delivered">Delivered</option>
            <option value="failed">Given up</option>
          </Select>
        </Field>
        <Loaded of={list} skeleton={<SkeletonLines count={6} />}>
          {(deliveries) =>
            deliveries.length === 0 ? (
              <p className="text-ink-soft">
                {state === "" ? "Nothing was sent there in the last 30 days." : "None of the last 30 days."}
              </p>
            ) : (
              <ul aria-label={`Messages to ${webhook.host}`} className="grid gap-2">
                {deliveries.map((delivery) => (
                  <DeliveryItem key={delivery.messageId} tenant={tenant} delivery={delivery} />
                ))}
              </ul>
            )
          }
        </Loaded>
        {list.hasNextPage && (
          <div>
            <Button size="small" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Show older ones
            </Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}
