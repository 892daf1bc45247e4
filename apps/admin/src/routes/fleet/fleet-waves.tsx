import { counted } from "@tandem/kernel";
import { Duration } from "../../ui/amount.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { Meter } from "../../ui/meter.tsx";
import { Section } from "../../ui/section.tsx";
import { Time } from "../../ui/time.tsx";
import { type FleetDetail, MEMBER_STATES, MEMBER_TONES, MEMBER_WORDS, WAVE_TONES } from "./words.ts";

type Wave = FleetDetail["waves"][number];

const OVER: readonly string[] = ["succeeded", "rolled-back", "aborted", "failed", "blocked", "skipped"];

/** The waves in their order: how many are through, what failed, and how many failures a wave may have. */
export const FleetWaves = ({ fleet: { waves } }: { readonly fleet: FleetDetail }) => (
  <Section title="Waves">
    <ol className="grid gap-3 lg:grid-cols-2">
      {waves.map((wave) => (
        <li key={wave.id} className="grid gap-3 rounded-lg border border-line bg-surface px-4 py-3">
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="font-semibold">
              {wave.position + 1}. {wave.name}
            </span>
            <StatusDot tone={WAVE_TONES[wave.state]}>{wave.state}</StatusDot>
          </p>
          <Through wave={wave} />
          <ul className="flex min-h-5 flex-wrap gap-x-4 gap-y-1 text-sm">
            {MEMBER_STATES.filter((state) => (wave.counts[state] ?? 0) > 0).map((state) => (
              <li key={state}>
                <StatusDot tone={MEMBER_TONES[state]}>
                  {wave.counts[state]} {MEMBER_WORDS[state]}
                </StatusDot>
              </li>
            ))}
          </ul>
          <p className="text-sm text-ink-faint">
            {wave.limits.concurrency} at a time, {wave.limits.perTenant} of a tenant · stops beyond {budgetOf(wave)} ·{" "}
            {wave.bakeUntil === null ? (
              <>
                watched <Duration ms={wave.limits.bakeMs} />
              </>
            ) : (
              <>
                watched until <Time at={wave.bakeUntil} show="absolute" />
              </>
            )}
          </p>
        </li>
      ))}
    </ol>
  </Section>
);

function budgetOf({ limits: { budget }, acceptedFailures }: Wave): string {
  const most =
    "count" in budget ? counted(budget.count, "failure") : `${Number((budget.share * 100).toFixed(1))} % failures`;
  return acceptedFailures === 0 ? most : `${most} (${acceptedFailures} accepted)`;
}

function Through({ wave: { position, size, counts, state } }: { readonly wave: Wave }) {
  const over = OVER.reduce((sum, each) => sum + (counts[each] ?? 0), 0);
  const hasFailed = (counts["failed"] ?? 0) + (counts["rolled-back"] ?? 0) > 0;
  const tone = hasFailed ? "warn" : state === "done" ? "good" : state === "pending" ? "neutral" : "busy";
  return (
    <Meter label={`Through wave ${position + 1}`} value={over} most={size} text={`${over} of ${size}`} tone={tone} />
  );
}
