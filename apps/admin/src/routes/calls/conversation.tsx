import type { Schemas } from "../../api/generated/schema.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Note } from "../../ui/note.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { TurnItem } from "./turn-item.tsx";
import { failuresByTurn } from "./turn-failures.ts";

type Call = Schemas["SessionDetail"];

/** What was said turn by turn, with what it took. */
export function Conversation({ tenant, call }: { readonly tenant: string; readonly call: Call }) {
  const { turns, startedAt, release } = call;
  const failures = failuresByTurn(call);
  return (
    <Section title="Conversation">
      <WordsNote tenant={tenant} call={call} />
      {turns.length === 0 ? (
        <EmptyState title="No turn yet">
          {call.endedAt === null ? "Turns appear here as they end." : "The call ended before anybody had spoken."}
        </EmptyState>
      ) : (
        <ol className="divide-y divide-line rounded-lg border border-line bg-surface">
          {turns.map((turn) => (
            <TurnItem
              key={turn.turn}
              turn={turn}
              startedAt={startedAt}
              targetMs={release?.targetMs ?? null}
              failures={failures.get(turn.turn) ?? []}
            />
          ))}
        </ol>
      )}
    </Section>
  );
}

/** Whether the words can be read here, and that they are not all of what was said. */
function WordsNote({ tenant, call: { transcript, turns } }: { readonly tenant: string; readonly call: Call }) {
  const refusal = useRefusal(tenant, "transcripts");
  if (turns.length === 0) return null;
  if (transcript === "withheld")
    return (
      <Note title="The words are withheld">
        {refusal ?? "Your roles here do not allow this"}: words of calls go to tenant administrators. Times, tools and
        providers are whole.
      </Note>
    );
  if (transcript === "removed")
    return (
      <Note title="The words were removed">Their days of retention were over. Times, tools and providers stay.</Note>
    );
  return (
    <p className="text-sm text-ink-faint">
      Redacted before it was stored: what told who somebody is stands as [name], [number] and the like. Of the agent’s
      words only those stand here that were heard.
    </p>
  );
}
