import { type ComponentPropsWithRef } from "react";
import { classNames } from "./class-names.ts";
import { useFieldPart } from "./field.tsx";

const CONTROL =
  "w-full min-w-0 rounded-md border border-edge bg-surface px-3 text-base text-ink hover:border-ink-soft aria-invalid:border-bad disabled:bg-sunken disabled:text-ink-faint max-sm:text-[1rem]";

export interface InputProps extends ComponentPropsWithRef<"input"> {
  /** Digits and identifiers stand under each other. */
  readonly isMono?: boolean;
}

/** One line of text, a number, a date: what `type` says. */
export function Input({ isMono = false, className, ...props }: InputProps) {
  const part = useFieldPart();
  return (
    <input
      {...part}
      {...props}
      className={classNames(CONTROL, "h-9 read-only:bg-sunken", isMono && "font-mono", className)}
    />
  );
}

export function Textarea({ className, rows = 4, ...props }: ComponentPropsWithRef<"textarea">) {
  const part = useFieldPart();
  return (
    <textarea rows={rows} {...part} {...props} className={classNames(CONTROL, "py-2 read-only:bg-sunken", className)} />
  );
}

/** One of a few: the system's own list, which phones show well. For many or searched ones take `Combobox`. */
export function Select({ className, children, ...props }: ComponentPropsWithRef<"select">) {
  const part = useFieldPart();
  return (
    <div className="relative w-full min-w-0">
      <select {...part} {...props} className={classNames(CONTROL, "h-9 appearance-none pr-9", className)}>
        {children}
      </select>
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-ink-soft"
      >
        <path d="m4 6 4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
      </svg>
    </div>
  );
}
