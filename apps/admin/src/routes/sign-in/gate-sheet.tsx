import type { ReactNode } from "react";

interface GateSheetProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
}

/** The one sheet of the pages before anybody is signed in. */
export const GateSheet = ({ title, lead, children }: GateSheetProps) => (
  <main className="grid min-h-dvh content-start justify-items-center px-4 pt-[12vh] pb-8">
    <div className="w-full max-w-sm">
      <p className="flex items-center gap-2.5 pb-6 text-lg font-semibold">
        <img src="/icon.svg" alt="" className="size-8" />
        Tandem
      </p>
      <div className="grid gap-5 rounded-xl border border-line bg-surface p-6">
        <div>
          <h1 tabIndex={-1} className="text-xl font-semibold tracking-tight outline-none">
            {title}
          </h1>
          {lead !== undefined && <p className="mt-1 text-ink-soft">{lead}</p>}
        </div>
        {children}
      </div>
    </div>
  </main>
);
