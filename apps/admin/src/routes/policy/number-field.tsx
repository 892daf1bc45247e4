import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";

interface NumberFieldProps {
  readonly label: string;
  readonly unit?: string;
  readonly hint?: string;
  readonly value: string;
  readonly error: string | null;
  readonly isRequired?: boolean;
  readonly onChange: (text: string) => void;
}

/** A number as it is typed; whoever keeps the text says what is wrong with it. */
export const NumberField = ({ value, onChange, isRequired = true, ...field }: NumberFieldProps) => (
  <Field isRequired={isRequired} {...field}>
    <Input
      inputMode="decimal"
      autoComplete="off"
      className="max-w-40"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  </Field>
);
