import { useState } from "react";
import { Input, Select } from "../../ui/input.tsx";

interface LengthInputProps {
  readonly label: string;
  readonly value: number | null;
  /** Null while what stands there is no length. */
  readonly onChange: (ms: number | null) => void;
}

const UNITS = [
  ["seconds", 1000],
  ["minutes", 60_000],
  ["hours", 3_600_000],
] as const;
type Unit = (typeof UNITS)[number][0];
const msOf = (unit: Unit): number => UNITS.find(([name]) => name === unit)?.[1] ?? 1;

/** The largest unit in which the length is a whole number. */
const unitOf = (ms: number): Unit => UNITS.findLast(([, each]) => ms > 0 && ms % each === 0)?.[0] ?? "minutes";

/** A length of time as a number and its unit. */
export function LengthInput({ label, value, onChange }: LengthInputProps) {
  const [unit, setUnit] = useState<Unit>(() => unitOf(value ?? 0));
  const [text, setText] = useState(() => (value === null ? "" : String(value / msOf(unitOf(value)))));
  const change = (nextText: string, nextUnit: Unit): void => {
    setText(nextText);
    setUnit(nextUnit);
    const isLength = /^\d+([.,]\d+)?$/.test(nextText.trim());
    onChange(isLength ? Math.round(Number(nextText.replace(",", ".")) * msOf(nextUnit)) : null);
  };
  return (
    <div className="grid w-full max-w-56 grid-cols-[5rem_1fr] gap-2">
      <Input
        inputMode="decimal"
        value={text}
        aria-label={label}
        onChange={({ target }) => change(target.value, unit)}
      />
      {/* The label of a field around it is the number's alone. */}
      <Select
        id={undefined}
        required={undefined}
        aria-describedby={undefined}
        aria-label={`Unit of ${label}`}
        value={unit}
        onChange={({ target }) => change(text, target.value as Unit)}
      >
        {UNITS.map(([name]) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
    </div>
  );
}
