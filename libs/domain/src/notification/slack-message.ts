import type { Notification } from "./event-catalog.ts";
import { notificationEvents } from "./event-catalog.ts";

/** A message as Slack-compatible incoming webhooks take it: a line for notifications, blocks for the channel. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

type Text = { readonly type: "mrkdwn" | "plain_text"; readonly text: string };
export type SlackBlock =
  | { readonly type: "section"; readonly text: Text }
  | { readonly type: "context"; readonly elements: readonly Text[] }
  | { readonly type: "actions"; readonly elements: readonly SlackButton[] };
interface SlackButton {
  readonly type: "button";
  readonly text: Text;
  readonly url: string;
}

const LONGEST_SECTION = 2_900;

/** What Slack's own markup would take for a mention, a link or an entity, as plain characters. */
export const slackText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
/** As slackText, and without the marks that would make text bold, struck or code. */
const plain = (text: string): string => slackText(text).replaceAll(/[*_~`]/g, "\u200b$&");
const code = (text: string): string => `\`${slackText(text).replaceAll("`", "'")}\``;

const section = (text: string): SlackBlock => ({
  type: "section",
  text: { type: "mrkdwn", text: text.slice(0, LONGEST_SECTION) },
});
const context = (text: string): SlackBlock => ({ type: "context", elements: [{ type: "mrkdwn", text }] });

/** The event for a channel: what happened, why, what to do next, and how. */
export function slackMessage(notification: Notification): SlackMessage {
  const headline = headlineOf(notification);
  const { data } = notification;
  const reason = "reason" in data && typeof data.reason === "object" ? data.reason : null;
  const blocks: SlackBlock[] = [section(`*${plain(headline)}*`)];
  if (reason !== null && reason !== undefined) {
    const detail = reason.detail === "" ? "" : `\n>${plain(reason.detail).replaceAll("\n", "\n>")}`;
    blocks.push(
      section(`${plain(reason.summary)} (${code(reason.code)})${detail}\n*Next:* ${plain(reason.nextAction)}`),
    );
  }
  if (notification.type === "rollout.needs-attention") {
    blocks.push(section(notification.data.commands.map(code).join("\n")));
  }
  const links = "links" in data ? data.links.filter(({ url }) => /^https?:\/\//.test(url)) : [];
  if (links.length > 0) blocks.push({ type: "actions", elements: links.map(button) });
  blocks.push(context(contextOf(notification)));
  return { text: slackText(headline), blocks };
}

const button = ({ label, url }: { label: string; url: string }): SlackButton => ({
  type: "button",
  text: { type: "plain_text", text: label.slice(0, 75) },
  url,
});

function headlineOf({ type, data }: Notification): string {
  const where = "deployment" in data ? `${data.deployment.name} (${data.deployment.environment})` : null;
  const what = whatOf({ type, data } as Notification);
  return where === null ? what : `${where}: ${what}`;
}

function whatOf(notification: Notification): string {
  const { type, data } = notification;
  switch (type) {
    case "rollout.phase-changed":
      return `rollout is ${data.to}`;
    case "rollout.ended":
      return `rollout ${data.outcome}`;
    case "rollout.needs-attention":
      return `rollout needs you: ${data.reason.summary}`;
    case "rollout.decided":
      return `rollout ${data.decision}`;
    case "rollout.evidence-weighed":
      return `evidence ${data.verdict}: ${data.detail}`;
    case "pointer.moved":
      return `new calls go to ${data.active} (generation ${data.generation})`;
    case "outbound-call.ended":
      return `call-back ${data.state}${data.reason === null ? "" : ` (${data.reason})`}`;
    case "drift.found":
      return `drift at ${data.addresses.join(", ")}`;
    case "freeze.changed":
      return `freeze window ${data.change}`;
    case "fleet-rollout.changed":
      return `fleet rollout ${data.change.replaceAll("-", " ")}`;
    case "tenant.changed":
      return `tenant ${data.change}`;
    case "audit.checkpoint-missing":
    case "audit.chain-broken":
    case "webhook.disabled":
      return `${notificationEvents[type].summary} ${data.detail}`;
    default:
      return notificationEvents[type].summary;
  }
}

function contextOf({ type, data }: Notification): string {
  const facts = [
    "deployment" in data ? `playbook ${data.deployment.playbook}` : null,
    "rolloutId" in data && data.rolloutId !== "" ? `rollout ${data.rolloutId}` : null,
    "fleetRolloutId" in data ? `fleet rollout ${data.fleetRolloutId}` : null,
    "actor" in data ? `by ${data.actor}` : null,
    type,
  ];
  return plain(facts.filter((fact) => fact !== null).join(" · "));
}
