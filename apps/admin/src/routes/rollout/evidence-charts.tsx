import { lazy, Suspense } from "react";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import type { EventLog } from "./event-log.ts";
import { type Measure, MEASURES, seriesOf } from "./measures.ts";
import { useLooks } from "./use-looks.ts";
import type { Rollout } from "./words.ts";

/** The drawing library comes when there is something to draw. */
const EvidenceChart = lazy(() =>
  import("./evidence-chart.tsx").then(({ EvidenceChart: chart }) => ({ default: chart })),
);

/** Two points make a line. */
const LEAST_LOOKS = 2;

interface EvidenceChartsProps {
  readonly tenant: string;
  readonly rollout: Rollout;
  readonly log: EventLog;
}

/** How the measures came to where they stand, look by look, against what is allowed. */
export function EvidenceCharts({ tenant, rollout, log }: EvidenceChartsProps) {
  const looks = useLooks(tenant, rollout, log);
  const measures = (Object.keys(MEASURES) as Measure[]).filter((measure) =>
    looks.some(({ verdict }) => verdict.comparisons.some((each) => each.metric === measure && each.candidate !== null)),
  );
  if (looks.length < LEAST_LOOKS || measures.length === 0) return null;
  return (
    <Section title="From look to look">
      <div className="grid gap-4 md:grid-cols-2">
        {measures.map((measure) => (
          <figure key={measure} className="grid gap-2 rounded-lg border border-line bg-surface p-4">
            <figcaption className="font-medium">{MEASURES[measure].name}</figcaption>
            <Suspense fallback={<Skeleton height="10rem" />}>
              <EvidenceChart measure={measure} series={seriesOf(measure, looks, rollout.policy.evidence)} />
            </Suspense>
          </figure>
        ))}
      </div>
      <p className="text-sm text-ink-faint">
        Solid: the new release. Thin: the release before. Dashed: the worst that is allowed.
      </p>
    </Section>
  );
}
