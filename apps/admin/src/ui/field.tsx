import { createContext, type ReactNode, useContext, useId } from "react";
import { classNames } from "./class-names.ts";

/** What a control inside a field must carry, so that label, hint and error belong to it. */
interface FieldPart {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
  readonly required: boolean | undefined;
}

const FieldContext = createContext<FieldPart | null>(null);

/** The attributes for the control of the field around it; an empty object outside of a field. */
export const useFieldPart = (): Partial<FieldPart> => useContext(FieldContext) ?? {};

export interface FieldProps {
  readonly label: ReactNode;
  /** What to enter and why; always shown. */
  readonly hint?: ReactNode;
  /** Shown behind the control, e.g. "seconds". */
  readonly unit?: string | undefined;
  /** What is wrong and how to mend it: the server's own words where it has spoken. */
  readonly error?: string | null | undefined;
  readonly isRequired?: boolean;
  /** Beside the label: where the value comes from, what it was. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A labelled control with its hint, unit and error. Put one `Input`, `Select`, `Combobox` or `Textarea` inside. */
export function Field({ label, hint, unit, error, isRequired = false, note, children, className }: FieldProps) {
  const id = useId();
  const hasError = typeof error === "string" && error !== "";
  const describedBy = [
    hint !== undefined && `${id}-hint`,
    unit !== undefined && `${id}-unit`,
    hasError && `${id}-error`,
  ]
    .filter(Boolean)
    .join(" ");
  const part: FieldPart = {
    id,
    "aria-describedby": describedBy || undefined,
    "aria-invalid": hasError || undefined,
    required: isRequired || undefined,
  };
  return (
    <div className={classNames("grid gap-1.5", className)}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <label htmlFor={id} className="font-medium">
          {label}
          {!isRequired && <span className="ml-1.5 font-normal text-ink-faint">optional</span>}
        </label>
        {note !== undefined && <span className="text-sm text-ink-faint">{note}</span>}
      </div>
      <div className="flex items-center gap-2">
        <FieldContext value={part}>{children}</FieldContext>
        {unit !== undefined && (
          <span id={`${id}-unit`} className="text-ink-soft">
            {unit}
          </span>
        )}
      </div>
      {hasError && (
        <p id={`${id}-error`} className="flex gap-1.5 text-sm text-bad">
          <span aria-hidden="true">▲</span>
          <span>{error}</span>
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-ink-faint">
          {hint}
        </p>
      )}
    </div>
  );
}
