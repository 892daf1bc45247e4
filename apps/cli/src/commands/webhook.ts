import { Delivery, DeliveryPage, Webhook, WebhookPage, WebhookTest, WebhookWithSecret } from "@tandem/contracts";
import { notificationEvents, notificationTypes } from "@tandem/domain/notification";
import type { Command } from "commander";
import { ExitCode } from "../exit-code.ts";
import { table, when } from "../views/table.ts";
import { deliveryTable, webhookTable } from "../views/webhook.ts";
import type { Register, Run } from "./context.ts";
import { gathered } from "./gathered.ts";

const PATH = "/v1/webhooks";
const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

/** Endpoints that are told of what happens, and what is on its way to them. */
export const registerWebhook: Register = (program, run) => {
  const webhook = program.command("webhook").description("tell your own systems, or a chat, of what happens");
  registerEndpoints(webhook, run);
  registerStates(webhook, run);
  registerDeliveries(webhook, run);
  webhook
    .command("events")
    .description("every event type that there is")
    .action(() =>
      run(async ({ output }) => {
        const types = notificationTypes.map((type) => ({ type, summary: notificationEvents[type].summary }));
        output.result(types, () =>
          table(
            ["type", "when"],
            types.map(({ type, summary }) => [type, summary]),
          ),
        );
        return ExitCode.done;
      }),
    );
};

interface EndpointOptions {
  readonly event?: string[];
  readonly description: string;
  readonly slack?: boolean;
  readonly linksFor?: string;
}

function registerEndpoints(webhook: Command, run: Run): void {
  webhook
    .command("create <url>")
    .description("add an endpoint; its signing secret is shown once")
    .option("-e, --event <type>", "only these: a type, <noun>.* or *; repeat", gathered)
    .option("-d, --description <text>", "what it is for", "")
    .option("--links-for <who>", "put links of one use into its messages, by which this person or account decides")
    .option("--slack", "the URL is an incoming webhook of Slack, or of what speaks like it")
    .action((url: string, options: EndpointOptions) =>
      run(async ({ api, output }) => {
        const kind = options.slack === true ? "slack" : "standard";
        const body = { url, kind, description: options.description, events: options.event ?? ["*"] };
        const links = options.linksFor === undefined ? {} : { linksFor: options.linksFor };
        const made = await api.post(PATH, { ...body, ...links }, WebhookWithSecret);
        output.result(made, () => secretWords(`Webhook ${made.id} to ${made.host}`, made.signingSecret));
        return ExitCode.done;
      }),
    );
  webhook
    .command("list", { isDefault: true })
    .description("your endpoints, newest first")
    .action(() =>
      run(async ({ api, output }) => {
        const webhooks = await api.all(PATH, WebhookPage);
        output.result(webhooks, () => webhookTable(webhooks));
        return ExitCode.done;
      }),
    );
  webhook
    .command("rotate <id>")
    .description("a new signing secret; the one before signs beside it for a while")
    .option("--overlap <hours>", "how long", "24")
    .option("--url <url>", "for a chat: its new incoming webhook")
    .action((id: string, { overlap, url }: { overlap: string; url?: string }) =>
      run(async ({ api, output }) => {
        const body = { overlapHours: Number(overlap), ...(url !== undefined && { url }) };
        const made = await api.post(`${pathOf(id)}/secret`, body, WebhookWithSecret);
        output.result(made, () => secretWords(`Webhook ${made.id} has a new secret`, made.signingSecret));
        return ExitCode.done;
      }),
    );
}

const secretWords = (what: string, secret: string | null): string =>
  secret === null ? what : `${what}\nSigning secret, shown once: ${secret}`;

function registerStates(webhook: Command, run: Run): void {
  const states = [
    ["pause", "paused", "keep messages back until it is resumed"],
    ["resume", "active", "send again, what was kept back first"],
  ] as const;
  for (const [verb, state, what] of states) {
    webhook
      .command(`${verb} <id>`)
      .description(what)
      .action((id: string) =>
        run(async ({ api, output }) => {
          const answer = await api.send(pathOf(id), { method: "PATCH", body: { state } });
          const changed = Webhook.parse(await answer.json());
          output.result(changed, () => `${changed.host} is ${changed.state}`);
          return ExitCode.done;
        }),
      );
  }
  webhook
    .command("links <id> [who]")
    .description("put links of one use into its messages, by which this person or account decides; without who: none")
    .action((id: string, who?: string) =>
      run(async ({ api, output }) => {
        const answer = await api.send(pathOf(id), { method: "PATCH", body: { linksFor: who ?? null } });
        const { host, linksFor } = Webhook.parse(await answer.json());
        const words = linksFor === null ? "carry no links" : `carry links for ${linksFor}`;
        output.result({ id, linksFor }, () => `Messages to ${host} ${words}`);
        return ExitCode.done;
      }),
    );
  webhook
    .command("remove <id>")
    .description("send nothing there any more")
    .action((id: string) =>
      run(async ({ api, output }) => {
        await api.send(pathOf(id), { method: "DELETE" });
        output.result({ removed: id }, () => `Removed ${id}`);
        return ExitCode.done;
      }),
    );
  webhook
    .command("test <id>")
    .description("send a webhook.test there")
    .action((id: string) =>
      run(async ({ api, output }) => {
        const { messageId } = await api.post(`${pathOf(id)}/test`, {}, WebhookTest);
        output.result({ messageId }, () => `Sent as ${messageId}; see tandem webhook deliveries ${id}`);
        return ExitCode.done;
      }),
    );
}

function registerDeliveries(webhook: Command, run: Run): void {
  webhook
    .command("deliveries <id>")
    .description("what was sent there and what is on its way, newest first")
    .option("--state <state>", "pending, delivered or failed")
    .action((id: string, { state }: { state?: string }) =>
      run(async ({ api, output }) => {
        const query = state === undefined ? "" : `?state=${encodeURIComponent(state)}`;
        const deliveries = await api.all(`${pathOf(id)}/deliveries${query}`, DeliveryPage);
        output.result(deliveries, () => deliveryTable(deliveries));
        return ExitCode.done;
      }),
    );
  webhook
    .command("resend <id> <message>")
    .description("send a message there again, with the same id")
    .action((id: string, message: string) =>
      run(async ({ api, output }) => {
        const path = `${pathOf(id)}/deliveries/${encodeURIComponent(message)}/resend`;
        const delivery = await api.post(path, {}, Delivery);
        output.result(delivery, () => `${delivery.messageId} goes again ${when(delivery.dueAt)}`);
        return ExitCode.done;
      }),
    );
}
