import { counted } from "@tandem/kernel";
import { StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { Note } from "../../ui/note.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState } from "../../ui/states.tsx";
import type { Tone } from "../../ui/tone.ts";
import { CanarySteps } from "./canary-steps.tsx";
import { Comparisons } from "./comparisons.tsx";
import { EvidenceCharts } from "./evidence-charts.tsx";
import { Figures } from "../../ui/figures.tsx";
import { looksOf, type Verdict } from "./measures.ts";
import type { StageProps } from "./stage-view.tsx";
import { releaseName, type Rollout } from "./words.ts";

/** What callers get from the release while it is watched: the steps, the measures, and how sure they are. */
export function Callers({ tenant, rollout, standing, log, stage }: StageProps) {
  const told = looksOf(log).at(-1)?.verdict ?? null;
  const verdict = rollout.evidence ?? told;
  const isCanary = stage.name === "canary";
  if (stage.beganAt === null)
    return (
      <EmptyState title="No callers yet">
        {isCanary
          ? "Growing shares of new calls go to the release, each watched before the next."
          : "After the switch the release is watched, and goes back by itself when it fails its checks."}
      </EmptyState>
    );
  return (
    <div className="grid gap-6">
      {rollout.policy.strategy?.kind === "canary" && <CanarySteps rollout={rollout} standing={standing} log={log} />}
      {verdict === null || verdict.comparisons.length === 0 ? (
        <NothingWeighed rollout={rollout} detail={verdict?.detail ?? ""} />
      ) : (
        <Weighed tenant={tenant} rollout={rollout} verdict={verdict} log={log} />
      )}
      {rollout.latency.live.length > 0 && <LiveLatency rollout={rollout} />}
      <p>
        <Link to="/t/$tenant/d/$deployment/calls" params={{ tenant, deployment: standing.deployment.name }}>
          Calls of {standing.deployment.name}
        </Link>{" "}
        <span className="text-ink-faint">with {releaseName(standing.release)} among them</span>
      </p>
    </div>
  );
}

const NothingWeighed = ({ rollout, detail }: { readonly rollout: Rollout; readonly detail: string }) =>
  rollout.policy.evidence === undefined ? (
    <Note title="Calls are not weighed here">
      The policy has no evidence rule: its objects and its ingress are checked, and the watch ends with its window.
    </Note>
  ) : (
    <EmptyState title="No calls to weigh yet">
      {detail === "" ? "What the calls tell stands here after the first look." : detail}
    </EmptyState>
  );

const VERDICT_TONES: Readonly<Record<Verdict["kind"], Tone>> = {
  passed: "good",
  breached: "bad",
  gathering: "busy",
  inconclusive: "warn",
};
const BASELINES: Readonly<Record<Verdict["baseline"], string>> = {
  concurrent: "the release before, at the same time",
  "same-hours": "the release before, at the same hours of the week",
  none: "nothing: there was no release before, or it took no calls at these hours",
};

interface WeighedProps {
  readonly tenant: string;
  readonly rollout: Rollout;
  readonly verdict: Verdict;
  readonly log: StageProps["log"];
}

function Weighed({ tenant, rollout, verdict, log }: WeighedProps) {
  const { kind, detail, alarms, isReduced, baseline } = verdict;
  return (
    <div className="grid gap-5">
      <div className="grid gap-1">
        <p className="text-lg font-semibold">
          <StatusDot tone={VERDICT_TONES[kind]}>{kind}</StatusDot>
          {isReduced && <span className="font-normal text-ink-faint">, on reduced evidence</span>}
        </p>
        {detail !== "" && <p className="max-w-prose text-ink-soft">{detail}</p>}
        <p className="text-sm text-ink-faint">Held against {BASELINES[baseline]}.</p>
      </div>
      {alarms.length > 0 && (
        <Note tone="bad" title="Alarms">
          <ul className="list-disc pl-5">
            {alarms.map((alarm) => (
              <li key={alarm}>{alarm}</li>
            ))}
          </ul>
        </Note>
      )}
      <Comparisons comparisons={verdict.comparisons} policy={rollout.policy.evidence} />
      <EvidenceCharts tenant={tenant} rollout={rollout} log={log} />
    </div>
  );
}

const LiveLatency = ({ rollout: { latency } }: { readonly rollout: Rollout }) => (
  <Section title="Answers of the last day on this release">
    <Figures
      figures={latency.live.flatMap(({ region, p50Ms, p95Ms, turns }) => [
        { label: `Half within, ${region}`, value: `${Math.round(p50Ms)} ms`, note: counted(turns, "turn") },
        {
          label: `95 % within, ${region}`,
          value: `${Math.round(p95Ms)} ms`,
          note: latency.targetMs === null ? "" : `target ${latency.targetMs} ms`,
          tone: latency.targetMs !== null && p95Ms > latency.targetMs ? ("bad" as const) : undefined,
        },
      ])}
    />
  </Section>
);
