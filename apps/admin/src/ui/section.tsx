import { type ReactNode, useId } from "react";
import type { Anchor } from "./use-anchor.ts";

interface SectionProps {
  readonly title: ReactNode;
  /** Beside the title: buttons, a count. */
  readonly actions?: ReactNode;
  /** For sections that other pages lead to. */
  readonly anchor?: Anchor;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export function Section({ title, actions, anchor, children }: SectionProps) {
  const id = useId();
  return (
    <section id={anchor?.id} aria-labelledby={id} className="grid scroll-mt-6 gap-3">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 id={id} ref={anchor?.heading} tabIndex={anchor && -1} className="text-lg font-semibold outline-none">
          {title}
        </h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** A sheet of paper on the ground, for what belongs together. */
export const Card = ({ children }: { readonly children: ReactNode }) => (
  <div className="rounded-lg border border-line bg-surface p-4">{children}</div>
);
