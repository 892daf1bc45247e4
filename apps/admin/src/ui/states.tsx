import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { ProblemNote } from "./problem-note.tsx";

interface EmptyStateProps {
  readonly title: string;
  /** Why there is nothing and what would bring something. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** Nothing here, and that is no failure. */
export const EmptyState = ({ title, children, actions }: EmptyStateProps) => (
  <div className="grid justify-items-center gap-3 rounded-lg border border-dashed border-edge px-6 py-12 text-center">
    <p className="text-lg font-semibold">{title}</p>
    {children !== undefined && <div className="max-w-prose text-ink-soft">{children}</div>}
    {actions !== undefined && <div className="flex flex-wrap justify-center gap-2 pt-1">{actions}</div>}
  </div>
);

interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** A part of a page that could not be read: what happened, its code, what to do, and once more. */
export const ErrorState = ({ error, onRetry }: ErrorStateProps) => (
  <div className="grid gap-3">
    <ProblemNote problem={error} />
    {onRetry !== undefined && (
      <div>
        <Button icon={<RotateCw className="size-4" aria-hidden="true" />} onClick={onRetry}>
          Try again
        </Button>
      </div>
    )}
  </div>
);
