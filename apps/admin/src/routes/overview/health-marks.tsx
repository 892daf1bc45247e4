import { StatusDot } from "../../ui/badge.tsx";
import type { Tone } from "../../ui/tone.ts";
import type { OverviewRow } from "./filter.ts";

const STACKS = ["telephony", "audio", "intelligence", "output"] as const;
const TONES: Readonly<Record<string, Tone>> = { healthy: "good", degraded: "warn", failing: "bad" };

/** How the four stacks stood at the last look, in their order; each mark says its word. */
export function HealthMarks({ health }: { readonly health: OverviewRow["health"] }) {
  if (health === null) return <span className="text-ink-faint">–</span>;
  return (
    <span className="inline-flex gap-1.5">
      {STACKS.map((stack) => {
        const word = health.stacks[stack] ?? "unknown";
        return (
          <span key={stack} title={`${stack}: ${word}`}>
            <StatusDot tone={TONES[word] ?? "neutral"}>
              <span className="sr-only">{`${stack} ${word}`}</span>
            </StatusDot>
          </span>
        );
      })}
    </span>
  );
}
