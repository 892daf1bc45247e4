import { StatusDot } from "../../ui/badge.tsx";
import type { Vendor } from "./standing.ts";

interface ScopeListProps {
  readonly scopes: Vendor["requiredScopes"];
  /** What the last test showed; null before one, and where the vendor does not tell. */
  readonly missing: readonly string[] | null;
}

/** What the vendor must allow, each with why, and whether it does. */
export function ScopeList({ scopes, missing }: ScopeListProps) {
  const entries = Object.entries(scopes);
  if (entries.length === 0) return <p className="text-ink-faint">This vendor&apos;s keys have no scopes.</p>;
  return (
    <ul className="grid gap-2.5">
      {entries.map(([scope, reason]) => (
        <li key={scope} className="grid">
          <code className="font-mono text-sm">
            {missing === null ? (
              scope
            ) : (
              <StatusDot tone={missing.includes(scope) ? "bad" : "good"}>
                <span className="sr-only">{missing.includes(scope) ? "missing: " : "granted: "}</span>
                <span className="whitespace-normal">{scope}</span>
              </StatusDot>
            )}
          </code>
          <span className={missing === null ? "text-sm text-ink-faint" : "pl-5 text-sm text-ink-faint"}>{reason}</span>
        </li>
      ))}
    </ul>
  );
}
