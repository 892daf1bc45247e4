import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { dayOf } from "../../ui/calendar-day.ts";
import { useZone } from "../../ui/time.tsx";
import { type CallFilter, isNarrowed } from "./call-filter.ts";
import { OUTCOMES } from "./outcomes.ts";
import { type KnownRelease, releaseLabel } from "./use-releases.ts";

interface FilterBarProps {
  readonly filter: CallFilter;
  readonly onChange: (change: CallFilter) => void;
  readonly releases: readonly KnownRelease[];
  readonly regions: readonly string[];
}

const NONE: { readonly [K in keyof Required<CallFilter>]: undefined } = {
  call: undefined,
  release: undefined,
  slot: undefined,
  region: undefined,
  outcome: undefined,
  kind: undefined,
  state: undefined,
  window: undefined,
  from: undefined,
  to: undefined,
};

/** What narrows the list; all of it stands in the address. */
export function FilterBar({ filter, onChange, releases, regions }: FilterBarProps) {
  const pick = (name: keyof CallFilter) => (value: string | undefined) => onChange({ [name]: value });
  const outcomes = Object.entries(OUTCOMES).filter(([name]) => name !== "trial");
  return (
    <search className="grid gap-2">
      <div className="grid grid-cols-2 gap-2 sm:grid-cols-4 2xl:grid-cols-8">
        <Input
          type="search"
          aria-label="Search by a call’s id"
          placeholder="Call’s id"
          data-shortcut="search"
          className="max-sm:col-span-2"
          defaultValue={filter.call ?? ""}
          key={filter.call === undefined ? "none" : "some"}
          onChange={({ target: { value } }) => pick("call")(value === "" ? undefined : value)}
        />
        <Choice label="State" any="Any state" value={filter.state} onPick={pick("state")}>
          <option value="live">In progress</option>
          <option value="ended">Ended</option>
        </Choice>
        <Choice label="Outcome" any="Any outcome" value={filter.outcome} onPick={pick("outcome")}>
          {withOwn(
            outcomes.map(([name, { words }]) => [name, words]),
            filter.outcome,
          )}
        </Choice>
        <Choice label="Slot" any="Either slot" value={filter.slot} onPick={pick("slot")}>
          <option value="blue">blue</option>
          <option value="green">green</option>
        </Choice>
        <Choice label="Release" any="Any release" value={filter.release} onPick={pick("release")}>
          {withOwn(
            releases.map(({ hash }) => [hash, releaseLabel(hash, releases)]),
            filter.release,
          )}
        </Choice>
        <Choice label="Region" any="Any region" value={filter.region} onPick={pick("region")}>
          {withOwn(
            regions.map((region) => [region, region]),
            filter.region,
          )}
        </Choice>
        <Choice label="Kind" any="Callers’ calls" value={filter.kind} onPick={pick("kind")}>
          <option value="trial">Trial calls</option>
          <option value="all">All calls</option>
        </Choice>
        <TimeChoice filter={filter} onChange={onChange} />
      </div>
      {filter.window === "days" && <Days filter={filter} onChange={onChange} />}
      {isNarrowed(filter) && (
        <div>
          <Button size="small" look="quiet" onClick={() => onChange(NONE)}>
            Clear filters
          </Button>
        </div>
      )}
    </search>
  );
}

interface ChoiceProps {
  readonly label: string;
  /** The words for no choice. */
  readonly any: string;
  readonly value: string | undefined;
  readonly onPick: (value: string | undefined) => void;
  readonly children: ReactNode;
}

const Choice = ({ label, any, value, onPick, children }: ChoiceProps) => (
  <Select
    aria-label={label}
    value={value ?? ""}
    className={value === undefined ? undefined : "border-ink! font-medium"}
    onChange={({ target }) => onPick(target.value === "" ? undefined : target.value)}
  >
    <option value="">{any}</option>
    {children}
  </Select>
);

/** An address may name what the page does not know: it is offered, too. */
function withOwn(entries: readonly (readonly [value: string, words: string])[], own: string | undefined) {
  const all =
    own === undefined || entries.some(([value]) => value === own)
      ? entries
      : [...entries, [own, own.slice(0, 20)] as const];
  return all.map(([value, words]) => (
    <option key={value} value={value}>
      {words}
    </option>
  ));
}

type Part = Pick<FilterBarProps, "filter" | "onChange">;

function TimeChoice({ filter: { window, from, to }, onChange }: Part) {
  const zone = useZone();
  const isExact = window === undefined && (from !== undefined || to !== undefined);
  const pick = (value: string | undefined): void => {
    const today = dayOf(Date.now(), zone);
    onChange({
      window: value as CallFilter["window"],
      from: value === "days" ? (from ?? today) : undefined,
      to: value === "days" ? (to ?? today) : undefined,
    });
  };
  return (
    <Choice label="Time" any={isExact ? "A span of time" : "Any time"} value={window} onPick={pick}>
      <option value="hour">Last hour</option>
      <option value="day">Last 24 hours</option>
      <option value="week">Last 7 days</option>
      <option value="month">Last 30 days</option>
      <option value="days">From day to day …</option>
    </Choice>
  );
}

/** From one day to another, in the callers' zone. */
const Days = ({ filter: { from, to }, onChange }: Part) => (
  <div className="flex flex-wrap items-center gap-2">
    <span className="text-ink-soft">From</span>
    <Input
      type="date"
      aria-label="First day"
      className="w-40!"
      value={from ?? ""}
      max={to}
      onChange={({ target: { value } }) => onChange({ from: value === "" ? undefined : value })}
    />
    <span className="text-ink-soft">to</span>
    <Input
      type="date"
      aria-label="Last day"
      className="w-40!"
      value={to ?? ""}
      min={from}
      onChange={({ target: { value } }) => onChange({ to: value === "" ? undefined : value })}
    />
  </div>
);
