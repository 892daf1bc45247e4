import type { ApiProblem } from "../../../api/problem.ts";
import { Field } from "../../../ui/field.tsx";
import { Input, Select } from "../../../ui/input.tsx";
import { ProblemNote } from "../../../ui/problem-note.tsx";
import { EventChoice } from "./event-choice.tsx";
import { groupsOf } from "./webhook-events.ts";
import { messageAt, type WebhookDraft } from "./webhook-draft.ts";

interface WebhookFieldsProps {
  readonly draft: WebhookDraft;
  /** Of one that exists the format stays, and the address of a chat is changed with its secret. */
  readonly isNew: boolean;
  /** The platform's: its messages carry no links. */
  readonly isOfPlatform: boolean;
  readonly problem: ApiProblem | null;
  readonly onChange: (part: Partial<WebhookDraft>) => void;
}

/** Everything about a webhook that a person chooses. */
export function WebhookFields({ draft, isNew, isOfPlatform, problem, onChange }: WebhookFieldsProps) {
  const isChat = draft.kind === "slack";
  return (
    <div className="grid gap-5">
      {isNew && <FormatField kind={draft.kind} onChange={(kind) => onChange({ kind })} />}
      {(isNew || !isChat) && (
        <Field
          label="Address"
          isRequired
          hint={isChat ? "The incoming webhook's address. It is a secret, and shown nowhere." : ADDRESS_HINT}
          error={messageAt(problem, "url")}
        >
          <Input
            data-autofocus
            type="url"
            inputMode="url"
            autoComplete="off"
            maxLength={2048}
            placeholder={isChat ? "https://hooks.slack.com/services/…" : "https://hooks.example.com/tandem"}
            value={draft.url}
            onChange={({ target }) => onChange({ url: target.value })}
          />
        </Field>
      )}
      <Field
        label="Description"
        hint="What gets the messages, e.g. on-call channel."
        error={problem?.at("/description")}
      >
        <Input
          autoComplete="off"
          maxLength={200}
          value={draft.description}
          onChange={({ target }) => onChange({ description: target.value })}
        />
      </Field>
      <EventChoice
        groups={groupsOf(isOfPlatform)}
        chosen={draft.events}
        error={problem?.fields.find(({ path }) => path.startsWith("/events"))?.message ?? null}
        onChange={(events) => onChange({ events })}
      />
      {!isOfPlatform && (
        <Field label="Links act as" hint={LINKS_HINT} error={messageAt(problem, "linksFor")}>
          <Input
            isMono
            autoComplete="off"
            placeholder="slack:U024BE7LH"
            value={draft.linksFor}
            onChange={({ target }) => onChange({ linksFor: target.value })}
          />
        </Field>
      )}
      {problem !== null && <ProblemNote problem={problem} />}
    </div>
  );
}

const ADDRESS_HINT = "HTTPS on a public host; messages are signed as Standard Webhooks.";
const LINKS_HINT =
  "Whoever reads the messages can approve, reject and roll back by links of one use, as this person or group. Left empty, messages carry no links.";

interface FormatFieldProps {
  readonly kind: WebhookDraft["kind"];
  readonly onChange: (kind: WebhookDraft["kind"]) => void;
}

const FormatField = ({ kind, onChange }: FormatFieldProps) => (
  <Field label="Format" isRequired>
    <Select value={kind} onChange={({ target }) => onChange(target.value as WebhookDraft["kind"])}>
      <option value="standard">Signed messages for a program (Standard Webhooks)</option>
      <option value="slack">Chat messages (Slack, and what speaks like it)</option>
    </Select>
  </Field>
);
