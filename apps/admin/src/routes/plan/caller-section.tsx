import type { ReactNode } from "react";
import { StatusDot } from "../../ui/badge.tsx";
import type { DiffView } from "../../ui/diff.tsx";
import { Card, Section } from "../../ui/section.tsx";
import type { Change, Plan } from "./plan.ts";
import { ReleaseChanges } from "./release-changes.tsx";

interface CallerSectionProps {
  readonly plan: Plan;
  readonly view: DiffView;
  readonly actions: ReactNode;
}

/** What callers hear and meet that they do not now; of a first release, what they meet at all. */
export function CallerSection({ plan, view, actions }: CallerSectionProps) {
  const effects = plan.changes.filter(({ callerEffect }) => callerEffect !== undefined);
  const isFirst = plan.previousBundleHash === null;
  const isNothing = effects.length + plan.callerChanges.length === 0;
  return (
    <Section title={isFirst ? "What callers will meet" : "What callers will notice"} actions={actions}>
      <Card>
        {isNothing ? (
          <StatusDot tone="neutral">Nothing. The release works as the one that is live.</StatusDot>
        ) : (
          <div className="grid gap-4">
            {effects.length > 0 && <Effects changes={effects} />}
            {plan.callerChanges.length > 0 && <ReleaseChanges changes={plan.callerChanges} view={view} />}
          </div>
        )}
      </Card>
    </Section>
  );
}

const Effects = ({ changes }: { readonly changes: readonly Change[] }) => (
  <ul className="grid gap-1.5">
    {changes.map(({ address, slot, callerEffect = "" }) => (
      <li key={`${address} ${slot}`} className="flex gap-2">
        <span aria-hidden="true" className="w-3 shrink-0 text-center text-ink-faint">
          •
        </span>
        <span>
          {callerEffect.charAt(0).toUpperCase() + callerEffect.slice(1)}
          <code className="ml-2 font-mono text-sm text-ink-faint">{address}</code>
        </span>
      </li>
    ))}
  </ul>
);
