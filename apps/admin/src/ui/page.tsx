import type { ReactNode } from "react";

interface PageHeaderProps {
  readonly title: ReactNode;
  /** The way here: links to the pages above. */
  readonly trail?: ReactNode;
  /** Badges beside the title. */
  readonly badges?: ReactNode;
  readonly lead?: ReactNode;
  /** What can be done here; the main thing last. */
  readonly actions?: ReactNode;
}

/** The top of every page. Its heading takes the focus when one arrives, so that readers say where one is. */
export const PageHeader = ({ title, trail, badges, lead, actions }: PageHeaderProps) => (
  <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
    <div className="min-w-0">
      {trail !== undefined && (
        <nav aria-label="Where this is" className="mb-1 flex flex-wrap gap-x-2 text-sm text-ink-faint">
          {trail}
        </nav>
      )}
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 tabIndex={-1} className="text-xl font-semibold tracking-tight outline-none">
          {title}
        </h1>
        {badges}
      </div>
      {lead !== undefined && <p className="mt-0.5 max-w-prose text-ink-soft">{lead}</p>}
    </div>
    {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
  </header>
);

/** The body of every page: header and parts under each other. */
export const Page = ({ children }: { readonly children: ReactNode }) => (
  <div className="grid grid-cols-1 gap-6">{children}</div>
);
