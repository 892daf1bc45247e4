import type { Schemas } from "../../api/generated/schema.ts";
import { Section } from "../../ui/section.tsx";
import { Timeline } from "../../ui/timeline.tsx";
import { eventText, eventTone } from "./event-words.ts";

type Call = Schemas["SessionDetail"];

/** Everything else that is kept of the call, in order; each with what it carries. */
export function CallEvents({ call: { events, startedAt } }: { readonly call: Call }) {
  if (events.length === 0) return null;
  return (
    <Section title="What else happened">
      <Timeline
        label="Session events"
        moments={events.map((event) => ({
          key: String(event.seq),
          title: eventText(event),
          tone: eventTone(event),
          at: <time dateTime={event.at}>+{((Date.parse(event.at) - Date.parse(startedAt)) / 1000).toFixed(1)} s</time>,
          children: <Payload event={event} />,
        }))}
      />
    </Section>
  );
}

function Payload({ event: { type, payload } }: { readonly event: Call["events"][number] }) {
  const members = Object.entries(payload);
  if (members.length === 0) return undefined;
  return (
    <details className="text-sm">
      <summary className="w-fit text-ink-faint hover:text-ink">{type}</summary>
      <dl className="mt-1 grid gap-x-4 gap-y-0.5 sm:grid-cols-[minmax(8rem,max-content)_1fr]">
        {members.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-faint">{name}</dt>
            <dd className="min-w-0 font-mono">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
