import { type ComponentPropsWithRef, type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";

export interface ChoiceProps extends Omit<ComponentPropsWithRef<"input">, "type" | "children"> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
}

const ROW = "flex items-start gap-2.5";

/** One of several that may be true together; takes effect when the form is sent. */
export function Checkbox({ label, hint, className, ...props }: ChoiceProps) {
  return (
    <Labelled label={label} hint={hint} className={className}>
      {(part) => <input {...part} {...props} type="checkbox" className="mt-0.5 size-4.5 shrink-0 accent-(--ink)" />}
    </Labelled>
  );
}

/** On or off; takes effect at once. */
export function Switch({ label, hint, className, ...props }: ChoiceProps) {
  return (
    <Labelled label={label} hint={hint} className={className}>
      {(part) => (
        <span className="relative mt-px inline-flex h-5 w-9 shrink-0">
          <input
            {...part}
            {...props}
            type="checkbox"
            role="switch"
            className="peer size-full cursor-pointer appearance-none rounded-full border border-edge bg-sunken checked:border-ink checked:bg-ink disabled:cursor-not-allowed disabled:opacity-50"
          />
          <span
            aria-hidden="true"
            className="pointer-events-none absolute top-1 left-1 size-3 rounded-full bg-edge transition-transform peer-checked:translate-x-4 peer-checked:bg-on-ink"
          />
        </span>
      )}
    </Labelled>
  );
}

interface LabelledProps {
  readonly label: ReactNode;
  readonly hint: ReactNode;
  readonly className: string | undefined;
  readonly children: (part: { id: string; "aria-describedby": string | undefined }) => ReactNode;
}

function Labelled({ label, hint, className, children }: LabelledProps) {
  const id = useId();
  const hasHint = hint !== undefined;
  return (
    <div className={classNames(ROW, className)}>
      {children({ id, "aria-describedby": hasHint ? `${id}-hint` : undefined })}
      <div>
        <label htmlFor={id}>{label}</label>
        {hasHint && (
          <p id={`${id}-hint`} className="text-sm text-ink-faint">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
