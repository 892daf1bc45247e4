import { Ellipsis } from "lucide-react";
import { StatusDot } from "../../../ui/badge.tsx";
import { Button, IconButton } from "../../../ui/button.tsx";
import { Menu } from "../../../ui/menu.tsx";
import type { Column } from "../../../ui/table.tsx";
import { Time } from "../../../ui/time.tsx";
import type { Tone } from "../../../ui/tone.ts";
import type { Webhook } from "./webhook-draft.ts";
import { filterText } from "./webhook-events.ts";

/** What is done about a webhook in a dialog of its own. */
export type WebhookTask = "change" | "deliveries" | "secret" | "remove";

interface Acts {
  readonly onTest: (webhook: Webhook) => void;
  /** Pauses it, or ends its pause and what had disabled it. */
  readonly onTurn: (webhook: Webhook) => void;
  readonly onTask: (what: WebhookTask, webhook: Webhook) => void;
  /** Id of the one that a test is asked for. */
  readonly testing: string | undefined;
}

function standing({ state, failingSince }: Webhook): readonly [Tone, string] {
  if (state === "paused") return ["neutral", "paused"];
  if (state === "disabled") return ["bad", "switched off"];
  return failingSince === null ? ["good", "works"] : ["warn", "failing"];
}

export const webhookColumns = (acts: Acts): readonly Column<Webhook>[] => [
  {
    name: "host",
    header: "Goes to",
    cell: ({ host, description, kind }) => (
      <span title={description}>
        <span className="font-medium">{host}</span> <span className="text-ink-faint">{description || kind}</span>
      </span>
    ),
  },
  {
    name: "state",
    header: "State",
    width: "8rem",
    cell: (webhook) => {
      const [tone, word] = standing(webhook);
      return <StatusDot tone={tone}>{word}</StatusDot>;
    },
  },
  {
    name: "since",
    header: "Failing since",
    width: "9rem",
    from: "lg",
    cell: ({ failingSince }) => <Time at={failingSince} show="relative" />,
  },
  {
    name: "events",
    header: "Told of",
    from: "md",
    cell: ({ events }) => <span title={events.join(", ")}>{filterText(events)}</span>,
  },
  {
    name: "acts",
    header: <span className="sr-only">Actions</span>,
    width: "8rem",
    align: "end",
    cell: (webhook) => <WebhookButtons webhook={webhook} acts={acts} />,
  },
];

function WebhookButtons({ webhook, acts }: { readonly webhook: Webhook; readonly acts: Acts }) {
  const { id, host, state, kind } = webhook;
  const { onTest, onTurn, onTask, testing } = acts;
  return (
    <span className="inline-flex gap-1.5">
      <Button size="small" isBusy={testing === id} aria-label={`Test ${host}`} onClick={() => onTest(webhook)}>
        Test
      </Button>
      <Menu
        trigger={<IconButton size="small" label={`Actions for ${host}`} icon={<Ellipsis className="size-4" />} />}
        entries={[
          { label: "Messages and attempts", onPick: () => onTask("deliveries", webhook) },
          { label: "Change", onPick: () => onTask("change", webhook) },
          { label: kind === "slack" ? "New address" : "New secret", onPick: () => onTask("secret", webhook) },
          { label: state === "active" ? "Pause" : "Activate", onPick: () => onTurn(webhook) },
          "separator",
          { label: "Remove", isDanger: true, onPick: () => onTask("remove", webhook) },
        ]}
      />
    </span>
  );
}
