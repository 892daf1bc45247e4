import { Checkbox } from "../../../ui/choice.tsx";
import { type EventFilter, type EventGroup, withFilter } from "./webhook-events.ts";

interface EventChoiceProps {
  readonly groups: readonly EventGroup[];
  readonly chosen: readonly EventFilter[];
  readonly error: string | null;
  readonly onChange: (chosen: readonly EventFilter[]) => void;
}

/** What an endpoint is told of: everything, all of a noun, or single events. */
export function EventChoice({ groups, chosen, error, onChange }: EventChoiceProps) {
  const box = (filter: EventFilter, label: string, hint?: string) => (
    <Checkbox
      key={filter}
      label={label}
      hint={hint}
      checked={chosen.includes(filter)}
      onChange={({ target: { checked } }) => onChange(withFilter(chosen, filter, checked))}
    />
  );
  return (
    <fieldset className="grid gap-2.5">
      <legend className="mb-2 font-medium">Told of</legend>
      {box("*", "Everything", "Also what later versions of Tandem tell.")}
      {!chosen.includes("*") && (
        <div className="gap-x-6 sm:columns-2">
          {groups.map(({ filter, title, events }) => (
            <div key={filter} className="mb-3 grid break-inside-avoid gap-1.5">
              {box(filter, title, events.length === 1 ? events[0]?.words : undefined)}
              {events.length > 1 && !chosen.includes(filter) && (
                <div className="grid gap-1.5 pl-7 text-sm">{events.map(({ type, words }) => box(type, words))}</div>
              )}
            </div>
          ))}
        </div>
      )}
      {error !== null && (
        <p className="text-sm text-bad">
          <span aria-hidden="true">▲ </span>
          {error}
        </p>
      )}
    </fieldset>
  );
}
