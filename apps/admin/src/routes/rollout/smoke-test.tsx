import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { Duration } from "../../ui/amount.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { HeardTurns } from "../../ui/heard-turns.tsx";
import { AudioLanes } from "../../ui/audio-lanes.tsx";
import { Figures } from "../../ui/figures.tsx";
import { TurnLatency } from "../../ui/turn-latency.tsx";
import type { Tone } from "../../ui/tone.ts";
import { type Progress, progressOf } from "./smoke-progress.ts";
import type { StageProps } from "./stage-view.tsx";

type Smoke = Schemas["RolloutSmoke"];
type Scenario = Smoke["scenarios"][number];

/** How the release did when it was spoken with, conversation by conversation. */
export function SmokeTest({ tenant, rollout: { id }, stage, log }: StageProps) {
  const isReported = log.some(({ type }) => type === "smoke-reported");
  const smoke = useQuery({ ...read("/v1/rollouts/{id}/smoke", { tenant, path: { id } }), enabled: isReported });
  if (!isReported)
    return stage.beganAt === null ? (
      <EmptyState title="Not spoken with yet">
        The release is called before callers are, once it stands in the inactive slot.
      </EmptyState>
    ) : (
      <UnderWay conversations={progressOf(log)} />
    );
  return <Loaded of={smoke}>{(report) => <Report report={report} />}</Loaded>;
}

const STATES: Readonly<Record<Progress["state"], Tone>> = {
  "to come": "neutral",
  "under way": "busy",
  passed: "good",
  "not passed": "bad",
};

/** Which conversation is being held. */
const UnderWay = ({ conversations }: { readonly conversations: readonly Progress[] }) =>
  conversations.length === 0 ? (
    <EmptyState title="Being spoken with">{WHO_SPEAKS}</EmptyState>
  ) : (
    <div className="grid gap-4">
      <p className="text-ink-soft">{WHO_SPEAKS}</p>
      <ul
        aria-label="Conversations"
        className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface"
      >
        {conversations.map(({ name, state }) => (
          <li key={name} className="flex min-h-10 flex-wrap items-center gap-x-4 px-4 py-1.5">
            <span className="min-w-0 flex-1">{name}</span>
            <StatusDot tone={STATES[state]}>{state}</StatusDot>
          </li>
        ))}
      </ul>
    </div>
  );
const WHO_SPEAKS =
  "Scripted callers talk with the inactive slot. What both sides heard stands here when they have hung up.";

function Report({ report }: { readonly report: Smoke }) {
  const { passed, at, samples, skippedWrites, reducedEvidence, failures, response, scenarios, level } = report;
  const first = scenarios.find((each) => !each.passed) ?? scenarios.find(({ turns }) => turns.length > 0);
  return (
    <div className="grid gap-4">
      <Figures
        figures={[
          {
            label: "Verdict",
            value: <StatusDot tone={passed ? "good" : "bad"}>{passed ? "passed" : "not passed"}</StatusDot>,
            note: <Time at={at} />,
          },
          { label: "Conversations", value: scenarios.length, note: `${LEVELS[level]} · ${counted(samples, "look")}` },
          {
            label: "Half answered within",
            value: <Duration ms={response?.p50Ms ?? null} />,
            note: response === null ? "the vendor speaks" : counted(response.turns, "turn"),
          },
          {
            label: "95 % within",
            value: <Duration ms={response?.p95Ms ?? null} />,
            note: response === null ? "" : `target ${response.targetMs} ms`,
            tone: response !== null && response.p95Ms > response.targetMs ? "bad" : undefined,
          },
        ]}
      />
      {failures.length > 0 && (
        <Note tone="bad" title="What did not go as it must">
          <ul className="list-disc pl-5">
            {failures.map((failure) => (
              <li key={failure}>{failure}</li>
            ))}
          </ul>
        </Note>
      )}
      {(reducedEvidence || skippedWrites > 0) && (
        <Note tone="warn" title="Reduced evidence">
          {skippedWrites > 0 && `${counted(skippedWrites, "write")} at vendors were not tried. `}
          Each conversation says what it could not show.
        </Note>
      )}
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {scenarios.map((scenario) => (
          <Conversation
            key={scenario.name}
            scenario={scenario}
            targetMs={response?.targetMs ?? null}
            isOpenAtFirst={scenario === first}
          />
        ))}
      </div>
    </div>
  );
}

const LEVELS: Readonly<Record<Smoke["level"], string>> = {
  "read-back": "read back",
  text: "as text",
  spoken: "spoken",
};

interface ConversationProps {
  readonly scenario: Scenario;
  readonly targetMs: number | null;
  readonly isOpenAtFirst: boolean;
}

function Conversation({ scenario, targetMs, isOpenAtFirst }: ConversationProps) {
  const { name, passed, level, attempts, durationMs, longestSilenceMs, turns, latency, reduced, failures } = scenario;
  const slowest = Math.max(0, ...turns.map(({ latencyMs }) => latencyMs ?? 0));
  return (
    <details open={isOpenAtFirst} className="group">
      <summary className="flex min-h-12 list-none flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 hover:bg-hover focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 text-ink-faint transition-transform group-open:rotate-90" aria-hidden="true" />
        <span className="min-w-0 flex-1 font-medium">
          <StatusDot tone={passed ? (reduced === null ? "good" : "warn") : "bad"}>
            <span className="whitespace-normal">{name}</span>
          </StatusDot>
          <span className="sr-only">{passed ? "passed" : "not passed"}</span>
        </span>
        <span className="flex gap-4 text-sm text-ink-faint max-sm:w-full max-sm:pl-8">
          <span>{LEVELS[level]}</span>
          {attempts > 1 && <span>{attempts} attempts</span>}
          {slowest > 0 && (
            <span>
              slowest <Duration ms={slowest} />
            </span>
          )}
          <Duration ms={durationMs} />
        </span>
      </summary>
      <div className="grid gap-5 px-4 pt-2 pb-5 sm:pl-12">
        {failures.map((failure) => (
          <Note key={failure} tone="bad">
            {failure}
          </Note>
        ))}
        {reduced !== null && <Note tone="warn">{reduced}</Note>}
        {turns.length > 0 && (
          <>
            <AudioLanes label={name} turns={turns} durationMs={durationMs} longestSilenceMs={longestSilenceMs} />
            <HeardTurns turns={turns} targetMs={targetMs} />
          </>
        )}
        {latency.length > 0 && <TurnLatency latency={latency} targetMs={targetMs} />}
        {turns.length === 0 && <Steps steps={scenario.steps} />}
        {turns.length === 0 && scenario.steps.length === 0 && (
          <p className="text-ink-soft">Nothing was said in it: the agent was read back.</p>
        )}
      </div>
    </details>
  );
}

const Steps = ({ steps }: { readonly steps: Scenario["steps"] }) => (
  <ol className="grid gap-1">
    {steps.map(({ do: what, ok, detail, atMs }) => (
      <li key={`${atMs} ${what} ${detail}`} className="flex flex-wrap gap-x-3">
        <StatusDot tone={ok ? "good" : "bad"}>{what}</StatusDot>
        <span className="text-ink-soft">{detail}</span>
      </li>
    ))}
  </ol>
);
