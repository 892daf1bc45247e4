import { type ReactNode, useId } from "react";
import type { FieldProps } from "../../ui/field.tsx";

/** As `Field`, for what takes several controls: hours, lists, exceptions. */
export function GroupField({ label, hint, error, isRequired = false, note, children }: FieldProps): ReactNode {
  const id = useId();
  const hasError = typeof error === "string" && error !== "";
  const describedBy = [hint !== undefined && `${id}-hint`, hasError && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div role="group" aria-labelledby={id} aria-describedby={describedBy || undefined} className="grid gap-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span id={id} className="font-medium">
          {label}
          {!isRequired && <span className="ml-1.5 font-normal text-ink-faint">optional</span>}
        </span>
        {note !== undefined && <span className="text-sm text-ink-faint">{note}</span>}
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="-mt-1 text-sm text-ink-faint">
          {hint}
        </p>
      )}
      {children}
      {hasError && (
        <p id={`${id}-error`} className="flex gap-1.5 text-sm text-bad">
          <span aria-hidden="true">▲</span>
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}
