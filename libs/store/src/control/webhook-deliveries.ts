import { AppError } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { entryOf } from "../audit/facts.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { type DeliveryRecord, deliveryOf } from "../webhooks/webhook-row.ts";
import { type ControlContext, cursorText, inActorsScope, pageSize, tenantOf, toPage, UUID } from "./context.ts";

const COLUMNS =
  "d.endpoint_id, d.message_id, m.type, d.state, d.attempts, d.due_at, d.outcomes, d.created_at, d.finished_at";
const FROM = "webhook_delivery d JOIN webhook_message m ON m.tenant_id = d.tenant_id AND m.id = d.message_id";
const MANY = `
  SELECT ${COLUMNS} FROM ${FROM} WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND ($3::text IS NULL OR d.state = $3)
    AND ($4::text IS NULL OR d.message_id < $4) ORDER BY d.message_id DESC LIMIT $5`;
const RESEND = `
  UPDATE webhook_delivery SET state = 'pending', attempts = 0, due_at = clock_timestamp(), finished_at = NULL
  WHERE tenant_id = $1 AND endpoint_id = $2 AND message_id = $3 AND (claimed_until IS NULL OR claimed_until < clock_timestamp())`;
const ONE = `SELECT ${COLUMNS} FROM ${FROM} WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.message_id = $3`;

const MESSAGE_ID = /^[0-9a-f-]{36}(-\d{1,2})?$/;

/** What is and was on its way, and sending it again. */
export function webhookDeliveryMethods(
  context: ControlContext,
): Pick<ControlStore, "webhookDeliveries" | "resendDelivery"> {
  return {
    webhookDeliveries: async (actor, endpointId, { state }, page) => {
      const [tenantId, before] = [tenantOf(actor), cursorText(page, MESSAGE_ID)];
      if (!UUID.test(endpointId)) throw new AppError("not_found", `There is no webhook ${endpointId}`);
      const rows = await inActorsScope(context, actor, (sql) =>
        sql.rows<DeliveryRecord>(MANY, [tenantId, endpointId, state, before, pageSize(page)]),
      );
      return toPage(rows, page, deliveryOf, ({ message_id: id }) => id);
    },
    resendDelivery: async (actor, endpointId, messageId) => {
      const key = [tenantOf(actor), endpointId, messageId] as const;
      const none = () => new AppError("not_found", `No message ${messageId} went to the webhook ${endpointId}`);
      if (!UUID.test(endpointId) || !MESSAGE_ID.test(messageId)) throw none();
      return inActorsScope(context, actor, async (sql) => {
        const changed = await sql.run(RESEND, key);
        const row = await sql.row<DeliveryRecord>(ONE, key);
        if (row === null) throw none();
        if (changed === 0) return deliveryOf(row); // it is being sent at this moment
        const closing = new ClosingWrites(sql, key[0]);
        const entry = { action: "webhook.resent", object: `webhook/${endpointId}`, after: { messageId } };
        closing.audit(entryOf(actor, entry), actor.requestId);
        await closing.write(context.options.newId);
        return deliveryOf(row);
      });
    },
  };
}
