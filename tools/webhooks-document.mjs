// The text of docs/webhooks.md: how messages are signed and sent, and every event with its members, from the catalogue in the code.
import { notificationEvents, notificationTypes, RETRY_PAUSES_MS } from "@tandem/domain/notification";
import { z } from "zod";

const duration = (ms) => {
  if (ms < 60_000) return `${ms / 1000} s`;
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`;
};

/** A member's type in words of JSON. */
function typeOf(schema) {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
  if (schema.type === "object" && schema.properties)
    return `{ ${Object.entries(schema.properties)
      .map(([name, member]) => `${name}: ${typeOf(member)}`)
      .join(", ")} }`;
  return schema.type ?? "any";
}

const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");

function section(type) {
  const { summary, data } = notificationEvents[type];
  const { properties } = z.toJSONSchema(data, { io: "output" });
  const rows = Object.entries(properties).map(
    ([name, schema]) => `| \`${name}\` | ${cell(typeOf(schema))} | ${cell(schema.description ?? "")} |`,
  );
  return `### \`${type}\`
${summary}

| member of \`data\` | type | meaning |
| --- | --- | --- |
${rows.join("\n")}
`;
}

/** `generated`: the line that says where the text comes from; `refusals`: a table of refused destinations. */
export const webhooksDocument = (generated, refusals) => `# Webhooks

${generated}

Tandem tells your own systems, or a chat, of what happens: \`POST /v1/webhooks\` or \`tandem webhook create <url>\`. Messages come from the
outbox: what is told has been committed, and what has been committed is told, at least once.

## What arrives
An HTTPS \`POST\` with \`content-type: application/json\`, of less than 20 kB, as [Standard Webhooks](https://www.standardwebhooks.com) describe it:

\`\`\`json
{ "type": "pointer.moved", "timestamp": "2026-11-28T09:16:00.000Z", "data": { "active": "green", "generation": 8 } }
\`\`\`

| header | holds |
| --- | --- |
| \`webhook-id\` | the message: the same on every attempt and when it is sent again, so that you can tell what you have |
| \`webhook-timestamp\` | seconds since 1970 of this attempt: refuse what is more than five minutes off |
| \`webhook-signature\` | one or more of \`v1,<signature>\`, separated by spaces: accept when one of them is right |

A signature is the base64 HMAC-SHA-256 of \`<webhook-id>.<webhook-timestamp>.<body>\`, its key the bytes behind \`whsec_\` in base64. Take the
body as it came, not parsed and written anew. The secret is shown once, when the endpoint is made or its secret rotated; while one is
rotated both sign, for a day unless you say otherwise (\`tandem webhook rotate <id> --overlap <hours>\`).

## When it does not arrive
Any 2xx within ten seconds is success; redirects are not followed, and more than 256 KiB of answer is failure. After a failure it goes again
after ${RETRY_PAUSES_MS.map(duration).join(", ")}, each ± 20 %, or later when you answer \`Retry-After\`; then it is given up.
\`tandem webhook deliveries <id>\` shows every attempt, and \`tandem webhook resend <id> <message>\` sends one again, for 30 days.

An endpoint at which nothing has succeeded for five days, or that answers 410, is disabled: it is told to your other endpoints
(\`webhook.disabled\`) and stands in the audit log. \`tandem webhook resume <id>\` makes it active again. A paused endpoint gets on resuming what it missed.

There is no order: two messages may arrive the other way round. \`timestamp\` tells when something happened. At most two messages are under
way to one endpoint at a time, and an endpoint that is slow holds up no other.

## Where is sent to
HTTPS on the ports 443 and 8443 of names whose every address is public: the name is resolved at each attempt, and the connection goes to
the address that was looked at. Otherwise an endpoint is refused with \`webhook_refused\`, and an attempt fails. In development
\`TANDEM_WEBHOOK_LOOPBACK=true\` allows plain HTTP to this machine's loopback addresses.

${refusals}

## Chats
\`tandem webhook create --slack <url>\` sends to an incoming webhook of Slack, or of what speaks like it: what happened, why, the next action,
the commands, and links where there are any. The URL is a secret: it is sealed, shown nowhere, and changed with \`tandem webhook rotate <id> --url <url>\`.

## Links that decide
\`tandem webhook create --slack <url> --links-for slack:U024BE7LH\`, or \`tandem webhook links <id> <who>\` later, puts links of one use into
its messages: *approve* and *reject* when a plan waits for approval, *roll back* when a release bakes or waits for a person while there is a
way back. Opening one asks; the button acts, once, as the one named, for exactly the plan or the state of calls that the link is about.
A link is good for a day, one that decides about a plan no longer than the rollout waits.

Whoever reads the channel can press the button: name one person and send it where that one reads, or name the group that answers for it.
Whoever chose the endpoint's address or named the addressee gets no link that approves a rollout of their own. Another address or addressee,
and removing the endpoint, take back what was not used. Sent again, a message carries the links it had, used or not. Links are signed while a
message is sent and kept nowhere: they are in no queue, table or log of ours; see that they are in none of yours. They need
\`TANDEM_LINK_KEY\` and \`TANDEM_API_URL\`, the same for API and worker.

## Events
Choose with \`--event\`: a type, \`<noun>.*\` for all of a noun, or \`*\`. Members are added and never changed or taken away; what would change
their meaning becomes a new type. No event holds what callers said or who they are.

${notificationTypes.map(section).join("\n")}`;
