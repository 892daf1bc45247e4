import type { Json } from "@tandem/kernel";
import { Input, Select } from "../../../ui/input.tsx";
import type { ControlProps } from "./control.ts";
import { RowList } from "./row-list.tsx";
import { ChoiceControl, IntegerControl, PhoneControl, TextControl } from "./text-controls.tsx";

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const membersOf = (value: Json): Readonly<Record<string, Json | undefined>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

const NOUNS: Readonly<Record<string, string>> = {
  "phone-number": "number",
  email: "address",
  url: "address",
  choice: "choice",
};

/** A list of texts, numbers or choices. */
export function ListControl({ shape, value, onChange, isDisabled, label = "item" }: ControlProps) {
  const item = shape.item ?? { type: "text", min: null, max: null, choices: null };
  const noun = NOUNS[item.type] ?? "item";
  const Control =
    item.type === "choice"
      ? ChoiceControl
      : item.type === "integer"
        ? IntegerControl
        : item.type === "phone-number"
          ? PhoneControl
          : TextControl;
  return (
    <RowList<Json>
      rows={listOf(value)}
      onChange={onChange}
      fresh={() => item.choices?.[0]?.value ?? ""}
      noun={noun}
      most={shape.max}
      isDisabled={isDisabled}
    >
      {(row, change, index) => (
        <Control
          shape={item}
          value={row}
          onChange={change}
          isDisabled={isDisabled}
          label={`${label}, ${noun} ${index + 1}`}
        />
      )}
    </RowList>
  );
}

interface Holiday {
  readonly date: string;
  readonly name: string;
}
const holidayOf = (value: Json): Holiday => {
  const { date, name } = membersOf(value);
  return { date: textOf(date), name: textOf(name) };
};

/** Whole days, each with its name. */
export const HolidaysControl = ({ value, onChange, isDisabled }: ControlProps) => (
  <RowList<Holiday>
    rows={listOf(value).map(holidayOf)}
    onChange={(rows) => onChange(rows as unknown as Json)}
    fresh={() => ({ date: "", name: "" })}
    noun="holiday"
    most={200}
    isDisabled={isDisabled}
  >
    {(row, change, index) => (
      <div className="flex flex-wrap gap-2">
        <Input
          type="date"
          className="max-w-44"
          aria-label={`Holiday ${index + 1}, day`}
          value={row.date}
          disabled={isDisabled}
          onChange={({ target }) => change({ ...row, date: target.value })}
        />
        <Input
          className="min-w-40 flex-1"
          placeholder="Name"
          aria-label={`Holiday ${index + 1}, name`}
          maxLength={80}
          value={row.name}
          disabled={isDisabled}
          onChange={({ target }) => change({ ...row, name: target.value })}
        />
      </div>
    )}
  </RowList>
);

interface Exception {
  readonly from: string;
  readonly to: string;
  readonly open: boolean;
  readonly note: string;
}
const exceptionOf = (value: Json): Exception => {
  const { from, to, open, note } = membersOf(value);
  return { from: textOf(from), to: textOf(to), open: open === true, note: textOf(note) };
};

/** One-off openings and closures by the wall clock. */
export const ExceptionsControl = ({ value, onChange, isDisabled }: ControlProps) => (
  <RowList<Exception>
    rows={listOf(value).map(exceptionOf)}
    onChange={(rows) => onChange(rows as unknown as Json)}
    fresh={() => ({ from: "", to: "", open: false, note: "" })}
    noun="exception"
    most={200}
    isDisabled={isDisabled}
  >
    {(row, change, index) => (
      <div className="flex flex-wrap items-center gap-2">
        <div className="w-28">
          <Select
            aria-label={`Exception ${index + 1}, open or closed`}
            value={row.open ? "open" : "closed"}
            disabled={isDisabled}
            onChange={({ target }) => change({ ...row, open: target.value === "open" })}
          >
            <option value="closed">Closed</option>
            <option value="open">Open</option>
          </Select>
        </div>
        <Input
          type="datetime-local"
          className="max-w-54"
          aria-label={`Exception ${index + 1}, from`}
          value={row.from.slice(0, 16)}
          disabled={isDisabled}
          onChange={({ target }) => change({ ...row, from: target.value })}
        />
        <span className="text-ink-faint">to</span>
        <Input
          type="datetime-local"
          className="max-w-54"
          aria-label={`Exception ${index + 1}, to`}
          value={row.to.slice(0, 16)}
          disabled={isDisabled}
          onChange={({ target }) => change({ ...row, to: target.value })}
        />
        <Input
          className="min-w-40 flex-1"
          placeholder="Why"
          aria-label={`Exception ${index + 1}, note`}
          maxLength={120}
          value={row.note}
          disabled={isDisabled}
          onChange={({ target }) => change({ ...row, note: target.value })}
        />
      </div>
    )}
  </RowList>
);
