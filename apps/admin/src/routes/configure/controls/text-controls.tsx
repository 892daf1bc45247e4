import { useState } from "react";
import { Checkbox } from "../../../ui/choice.tsx";
import { Input, Select, Textarea } from "../../../ui/input.tsx";
import { readPhoneNumber } from "../phone-number.ts";
import type { ControlProps } from "./control.ts";

const textOf = (value: ControlProps["value"]): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

const LONG = 150;

/** A text that one line of a form is too short for. */
export const isLong = ({ type, max }: Pick<ControlProps["shape"], "type" | "max">): boolean =>
  type === "text" && max !== null && max >= LONG;

/** One line or several; left empty it goes back to what is inherited. */
export function TextControl({ shape, value, onChange, onEmpty, isDisabled, label }: ControlProps) {
  const props = {
    value: textOf(value),
    disabled: isDisabled,
    "aria-label": label,
    onBlur: () => value === "" && onEmpty?.(),
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  if (shape.isMultiline === true) return <Textarea rows={3} {...props} />;
  if (isLong(shape))
    return (
      <Textarea rows={2} {...props} onChange={({ target }) => onChange(target.value.replaceAll(/\s*\n\s*/g, " "))} />
    );
  const isCode = shape.type === "voice" || shape.type === "url";
  const type = shape.type === "email" ? "email" : shape.type === "url" ? "url" : "text";
  return <Input {...props} isMono={isCode} type={type} autoComplete="off" spellCheck={!isCode && type === "text"} />;
}

/** A whole number; what is none is kept as it was typed, so that the server says what is wrong. */
export function IntegerControl({ shape, value, onChange, onEmpty, isDisabled, label }: ControlProps) {
  return (
    <Input
      inputMode="numeric"
      className="max-w-28 tabular-nums"
      autoComplete="off"
      aria-label={label}
      value={textOf(value)}
      disabled={isDisabled}
      placeholder={shape.min !== null && shape.max !== null ? `${shape.min}–${shape.max}` : undefined}
      onChange={({ target }) => onChange(/^-?\d{1,15}$/.test(target.value) ? Number(target.value) : target.value)}
      onBlur={() => value === "" && onEmpty?.()}
    />
  );
}

/** Shows what is typed and keeps the number in E.164. */
export function PhoneControl({ value, onChange, onEmpty, isDisabled, label }: ControlProps) {
  const kept = textOf(value);
  const [typed, setTyped] = useState(kept);
  const shown = readPhoneNumber(typed) === kept ? typed : kept;
  return (
    <div className="flex w-full flex-wrap items-center gap-x-3 gap-y-1">
      <Input
        type="tel"
        inputMode="tel"
        autoComplete="off"
        className="max-w-56 tabular-nums"
        placeholder="+1 555 010 0101"
        aria-label={label}
        value={shown}
        disabled={isDisabled}
        onChange={({ target }) => {
          setTyped(target.value);
          onChange(readPhoneNumber(target.value));
        }}
        onBlur={() => kept === "" && onEmpty?.()}
      />
      {shown !== kept && kept !== "" && (
        <span className="text-sm text-ink-faint">
          kept as <span className="whitespace-nowrap tabular-nums">{kept}</span>
        </span>
      )}
    </div>
  );
}

/** One of the playbook's choices. */
export function ChoiceControl({ shape, value, onChange, isDisabled, label }: ControlProps) {
  const choices = shape.choices ?? [];
  const text = textOf(value);
  const isKnown = choices.some((choice) => choice.value === text);
  return (
    <Select aria-label={label} value={text} disabled={isDisabled} onChange={({ target }) => onChange(target.value)}>
      {!isKnown && <option value={text}>{text === "" ? "Choose …" : `${text} (not a choice)`}</option>}
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </Select>
  );
}

export const BooleanControl = ({ value, onChange, isDisabled, label }: ControlProps) => (
  <Checkbox
    label={label ?? "Yes"}
    checked={value === true}
    disabled={isDisabled}
    onChange={({ target }) => onChange(target.checked)}
  />
);
