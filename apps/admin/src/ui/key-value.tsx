import type { ReactNode } from "react";

/** Facts of one thing, as a list of terms. An entry whose value is undefined is left out. */
export const KeyValue = ({ entries }: { readonly entries: readonly (readonly [term: string, value: ReactNode])[] }) => (
  <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[minmax(8rem,max-content)_1fr]">
    {entries
      .filter(([, value]) => value !== undefined)
      .map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-ink-faint">{term}</dt>
          <dd className="min-w-0 max-sm:mb-1.5">{value}</dd>
        </div>
      ))}
  </dl>
);
