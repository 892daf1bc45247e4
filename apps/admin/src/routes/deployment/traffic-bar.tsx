import { SlotMark } from "../../ui/slot-badge.tsx";
import { shareOf } from "./slot-role.ts";
import type { Deployment } from "./use-deployment.ts";

const SLOTS = ["blue", "green"] as const;
const FILLS = { blue: "bg-blue", green: "bg-green" };

/** Who answers new calls, as one bar with its words. */
export function TrafficBar({ pointer }: { readonly pointer: Deployment["pointer"] }) {
  const shares = SLOTS.map((slot) => ({ slot, shareBp: shareOf(pointer, slot) })).filter(({ shareBp }) => shareBp > 0);
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm">
        <span className="text-ink-soft">New calls go to</span>
        {shares.map(({ slot, shareBp }) => (
          <span key={slot} className="inline-flex items-center gap-1.5 font-medium">
            <SlotMark slot={slot} />
            {slot}
            <span className="tabular-nums">{shareBp / 100} %</span>
          </span>
        ))}
        {shares.length === 0 && (
          <span className="font-medium">{pointer.mode === "diverted" ? "people" : "nobody: nothing is live yet"}</span>
        )}
      </div>
      <div aria-hidden="true" className="flex h-2 gap-0.5 overflow-hidden rounded-full bg-line">
        {shares.map(({ slot, shareBp }) => (
          <div key={slot} className={FILLS[slot]} style={{ width: `${shareBp / 100}%` }} />
        ))}
        {pointer.mode === "diverted" && <div className="w-full bg-warn" />}
      </div>
    </div>
  );
}
