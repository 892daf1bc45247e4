import type { Delivery, Webhook } from "@tandem/contracts";
import { table, when } from "./table.ts";

export const webhookTable = (webhooks: readonly Webhook[]): string =>
  table(
    ["host", "kind", "state", "failing since", "events", "links for", "id"],
    webhooks.map(({ host, kind, state, failingSince, events, linksFor, id }) => [
      host,
      kind,
      state,
      when(failingSince),
      events.join(" "),
      linksFor ?? "–",
      id,
    ]),
  );

export const deliveryTable = (deliveries: readonly Delivery[]): string =>
  table(
    ["type", "state", "attempts", "next", "last outcome", "message"],
    deliveries.map(({ type, state, attempts, dueAt, outcomes, messageId }) => [
      type,
      state,
      String(attempts),
      when(dueAt),
      lastOutcome(outcomes.at(-1)),
      messageId,
    ]),
  );

const lastOutcome = (outcome: Delivery["outcomes"][number] | undefined): string =>
  outcome === undefined ? "–" : (outcome.error ?? `${outcome.status} in ${outcome.tookMs} ms`);
