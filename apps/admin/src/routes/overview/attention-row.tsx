import type { ReactNode } from "react";

interface AttentionRowProps {
  /** What kind of thing it is, with its tone. */
  readonly title: ReactNode;
  readonly subject: ReactNode;
  readonly detail: string;
  readonly when: ReactNode;
  /** The one thing that resolves it. */
  readonly action: ReactNode;
  readonly children?: ReactNode;
}

/** One thing that needs a person. All are of one height. */
export const AttentionRow = ({ title, subject, detail, when, action, children }: AttentionRowProps) => (
  <li className="grid min-h-14 items-center gap-x-4 gap-y-1 px-4 py-1.5 max-md:grid-cols-[1fr_auto] md:grid-cols-[12rem_1fr_9rem_9.5rem]">
    <span className="font-medium max-md:col-span-2">{title}</span>
    <div className="min-w-0">
      <p className="truncate">{subject}</p>
      <p className="truncate text-sm text-ink-faint" title={detail}>
        {detail}
      </p>
    </div>
    <span className="text-sm text-ink-faint max-md:hidden">{when}</span>
    <span className="justify-self-end">{action}</span>
    {children}
  </li>
);
