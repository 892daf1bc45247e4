import { Field } from "../../ui/field.tsx";
import { Input, Textarea } from "../../ui/input.tsx";
import { Marked } from "../../ui/marked.tsx";
import type { Vendor } from "./standing.ts";

interface SecretFieldProps {
  readonly secret: Vendor["secrets"][number];
  readonly value: string;
  readonly error?: string | null;
  /** The step above says it already. */
  readonly hasNoHint?: boolean;
  readonly onChange: (value: string) => void;
}

/** Write-only: what is pasted is sent once and kept nowhere in the browser. */
export function SecretField({
  secret: { label, hint, isOptional },
  value,
  error,
  hasNoHint = false,
  onChange,
}: SecretFieldProps) {
  const props = {
    value,
    autoComplete: "off",
    spellCheck: false,
    "data-1p-ignore": true,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  return (
    <Field label={label} hint={hasNoHint ? undefined : <Marked text={hint} />} isRequired={!isOptional} error={error}>
      {hint.includes("PEM") ? (
        <Textarea {...props} rows={3} className="font-mono [-webkit-text-security:disc]" />
      ) : (
        <Input {...props} type="password" autoComplete="new-password" isMono />
      )}
    </Field>
  );
}

/** The secrets that have been filled in. */
export const givenSecrets = (secrets: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(secrets).flatMap(([name, value]) => (value.trim() === "" ? [] : [[name, value.trim()]])),
  );
