import type { Schemas } from "../../api/generated/schema.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Section } from "../../ui/section.tsx";
import { eventText, eventTone } from "./event-words.ts";

type Call = Schemas["SessionDetail"];
type Event = Call["events"][number];

/** Everything else that is kept of the call, in order; each opens to what it carries. */
export function CallEvents({ call: { events, startedAt } }: { readonly call: Call }) {
  if (events.length === 0) return null;
  return (
    <Section title="What else happened">
      <ol aria-label="Session events" className="divide-y divide-line rounded-lg border border-line bg-surface">
        {events.map((event) => (
          <li key={event.seq}>
            <details>
              <summary className="flex min-h-9 list-none flex-wrap items-center gap-x-4 px-4 py-1 hover:bg-hover focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
                <span className="min-w-0 flex-1">
                  <StatusDot tone={eventTone(event)}>
                    <span className="whitespace-normal">{eventText(event)}</span>
                  </StatusDot>
                </span>
                <code className="font-mono text-sm text-ink-faint max-sm:hidden">{event.type}</code>
                <time dateTime={event.at} className="w-16 text-right text-sm text-ink-faint">
                  +{((Date.parse(event.at) - Date.parse(startedAt)) / 1000).toFixed(1)} s
                </time>
              </summary>
              <Payload event={event} />
            </details>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Payload({ event: { type, payload } }: { readonly event: Event }) {
  const members = Object.entries(payload);
  return (
    <dl className="grid gap-x-4 gap-y-0.5 px-4 pt-1 pb-3 text-sm sm:grid-cols-[minmax(8rem,max-content)_1fr] sm:pl-9">
      <dt className="text-ink-faint">event</dt>
      <dd className="font-mono">{type}</dd>
      {members.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-faint">{name}</dt>
          <dd className="min-w-0 font-mono">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
