import type { Json } from "@tandem/kernel";
import { Copy, Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { IconButton } from "../../../ui/button.tsx";
import { Input } from "../../../ui/input.tsx";
import { Menu } from "../../../ui/menu.tsx";
import {
  type Day,
  dayName,
  dayText,
  DAYS,
  minutesOf,
  readTime,
  type Span,
  timeText,
  type WeeklyHours,
  weeklyHoursOf,
  weekText,
} from "../weekly-hours.ts";
import type { ControlProps } from "./control.ts";
import { HoursGrid } from "./hours-grid.tsx";

/** The open hours of a week: a grid to paint, and beside it each day's spans to the minute. */
export function HoursControl({ value, onChange, isDisabled, label = "Hours" }: ControlProps) {
  const hours = weeklyHoursOf(value);
  const change = (changed: Partial<WeeklyHours>): void => onChange({ ...hours, ...changed } as unknown as Json);
  return (
    <div className="grid w-full gap-3">
      <HoursGrid label={label} hours={hours} isDisabled={isDisabled} onChange={change} />
      <ul className="grid gap-1">
        {DAYS.map((day) => (
          <DayRow key={day} day={day} spans={hours[day]} isDisabled={isDisabled} onChange={change} />
        ))}
      </ul>
      <p className="text-sm text-ink-faint" aria-live="polite">
        {weekText(hours)}
      </p>
    </div>
  );
}

interface DayRowProps {
  readonly day: Day;
  readonly spans: readonly Span[];
  readonly isDisabled: boolean;
  readonly onChange: (changed: Partial<WeeklyHours>) => void;
}

function DayRow({ day, spans, isDisabled, onChange }: DayRowProps) {
  const row = useRef<HTMLLIElement>(null);
  const set = (changed: readonly Span[]): void => onChange({ [day]: changed });
  const add = (): void => {
    set([...spans, nextSpan(spans)]);
    requestAnimationFrame(() => {
      const inputs = row.current?.querySelectorAll("input");
      inputs?.[inputs.length - 2]?.focus();
    });
  };
  return (
    <li ref={row} className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md py-0.5">
      <span className="w-24 text-ink-soft">{dayName(day)}</span>
      {spans.length === 0 && <span className="text-ink-faint">closed</span>}
      {spans.map((span, index) => (
        <span key={index} className="flex items-center gap-1">
          <TimeInput
            label={`${dayName(day)}, span ${index + 1}, opens`}
            value={span.from}
            isDisabled={isDisabled}
            onChange={(from) => set(spans.map((each, at) => (at === index ? { ...each, from } : each)))}
          />
          <span className="text-ink-faint">–</span>
          <TimeInput
            label={`${dayName(day)}, span ${index + 1}, closes`}
            value={span.to}
            isDisabled={isDisabled}
            onChange={(to) => set(spans.map((each, at) => (at === index ? { ...each, to } : each)))}
          />
          {!isDisabled && (
            <IconButton
              size="small"
              label={`Remove ${span.from}–${span.to} of ${dayName(day)}`}
              icon={<X className="size-3.5" aria-hidden="true" />}
              onClick={() => set(spans.filter((_, at) => at !== index))}
            />
          )}
        </span>
      ))}
      {!isDisabled && (
        <span className="ml-auto flex items-center">
          <IconButton
            size="small"
            label={`Add a span to ${dayName(day)}`}
            icon={<Plus className="size-4" aria-hidden="true" />}
            onClick={add}
          />
          <CopyDay day={day} spans={spans} onChange={onChange} />
        </span>
      )}
    </li>
  );
}

/** After the day's last span, else office hours. */
function nextSpan(spans: readonly Span[]): Span {
  const end = minutesOf(spans.at(-1)?.to ?? "");
  if (end === null || end >= 1380) return { from: "09:00", to: "17:00" };
  return { from: timeText(end + 60), to: timeText(Math.min(end + 240, 1440)) };
}

interface TimeInputProps {
  readonly label: string;
  readonly value: string;
  readonly isDisabled: boolean;
  readonly onChange: (time: string) => void;
}

/** `HH:MM` to 24:00, which the browser's own time input does not know; takes "9", "930" and "5pm" too. */
function TimeInput({ label, value, isDisabled, onChange }: TimeInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = (): void => {
    if (typed !== null) onChange(readTime(typed));
    setTyped(null);
  };
  return (
    <Input
      aria-label={label}
      aria-invalid={typed === null && minutesOf(value) === null ? true : undefined}
      className="h-8! w-17! px-2! text-center tabular-nums"
      autoComplete="off"
      value={typed ?? value}
      disabled={isDisabled}
      onFocus={({ target }) => target.select()}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={leave}
      onKeyDown={({ key }) => key === "Enter" && leave()}
    />
  );
}

const WORKDAYS: readonly Day[] = DAYS.slice(0, 5);

function CopyDay({ day, spans, onChange }: Pick<DayRowProps, "day" | "spans" | "onChange">) {
  const copyTo = (days: readonly Day[]): void => onChange(Object.fromEntries(days.map((each) => [each, spans])));
  return (
    <Menu
      trigger={
        <IconButton
          size="small"
          label={`Copy ${dayName(day)}`}
          icon={<Copy className="size-3.5" aria-hidden="true" />}
        />
      }
      entries={[
        { label: `Use ${dayText(spans)} Monday to Friday`, onPick: () => copyTo(WORKDAYS) },
        { label: `Use ${dayText(spans)} every day`, onPick: () => copyTo(DAYS) },
        "separator",
        { label: "Open all day", onPick: () => onChange({ [day]: [{ from: "00:00", to: "24:00" }] }) },
        { label: "Closed all day", onPick: () => onChange({ [day]: [] }) },
      ]}
    />
  );
}
