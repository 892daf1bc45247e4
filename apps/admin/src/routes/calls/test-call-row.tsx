import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { Subject } from "../../shell/subject.tsx";
import { Duration } from "../../ui/amount.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { Mono } from "../../ui/code.tsx";
import { Link } from "../../ui/link.tsx";
import { Note } from "../../ui/note.tsx";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import { Time } from "../../ui/time.tsx";
import type { Tone } from "../../ui/tone.ts";
import { HeardTurns } from "../../ui/heard-turns.tsx";
import { AudioLanes } from "../../ui/audio-lanes.tsx";
import { TurnLatency } from "../../ui/turn-latency.tsx";
import { CallLength } from "./call-length.tsx";
import { type KnownRelease, releaseLabel } from "./use-releases.ts";

type TestCall = Schemas["TestCall"];

interface TestCallRowProps {
  readonly tenant: string;
  readonly call: TestCall;
  readonly releases: readonly KnownRelease[];
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

/** One test call: how it stands, and when it is open its progress or what was heard. */
export function TestCallRow({ tenant, call, releases, isOpen, onToggle }: TestCallRowProps) {
  const { words, tone } = standing(call);
  const { slot, script, result, createdAt, finishedAt, requestedBy } = call;
  return (
    <details
      open={isOpen}
      className="group"
      onToggle={({ currentTarget }) => currentTarget.open !== isOpen && onToggle(currentTarget.open)}
    >
      <summary className="flex min-h-12 list-none flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 hover:bg-hover focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 text-ink-faint transition-transform group-open:rotate-90" aria-hidden="true" />
        <span className="w-28">
          <StatusDot tone={tone}>{words}</StatusDot>
        </span>
        <SlotBadge slot={slot} />
        <span className="min-w-0 flex-1 truncate max-sm:basis-full">
          {result?.name ?? script ?? "The release’s first conversation"}
        </span>
        <span className="text-sm text-ink-faint">
          {result === null ? (
            <CallLength startedAt={createdAt} endedAt={finishedAt} />
          ) : (
            <Duration ms={result.durationMs} />
          )}
        </span>
        <span className="text-sm text-ink-faint">
          <Subject tenant={tenant} of={requestedBy} /> · <Time at={createdAt} show="relative" />
        </span>
      </summary>
      {isOpen && (
        <div className="grid gap-5 px-4 pt-2 pb-5 sm:pl-12">
          {call.state === "pending" && <UnderWay tenant={tenant} call={call} />}
          {call.state === "failed" && <NotPlaced call={call} />}
          {result !== null && <Result tenant={tenant} result={result} releases={releases} />}
        </div>
      )}
    </details>
  );
}

function standing({ state, result }: TestCall): { readonly words: string; readonly tone: Tone } {
  if (state === "pending") return { words: "under way", tone: "busy" };
  if (state === "failed") return { words: "not placed", tone: "bad" };
  if (result?.passed === false) return { words: "not passed", tone: "bad" };
  return { words: "passed", tone: "good" };
}

const NotPlaced = ({ call: { code, detail } }: { readonly call: TestCall }) => (
  <Note tone="bad" title="The call could not be placed">
    {detail !== null && <p>{detail}</p>}
    {code !== null && (
      <p className="mt-1 text-sm text-ink-faint">
        Code <Mono>{code}</Mono>
      </p>
    )}
  </Note>
);

/** Where the call is: asked for, talking; with the answers so far. */
function UnderWay({ tenant, call }: { readonly tenant: string; readonly call: TestCall }) {
  const { deploymentId, slot, createdAt } = call;
  const { data } = useQuery({
    ...read("/v1/deployments/{reference}/sessions", {
      tenant,
      path: { reference: deploymentId },
      query: { kind: "trial", slot, from: createdAt, limit: 1 },
    }),
    refetchInterval: 1500,
  });
  const session = data?.items[0];
  const talk = useQuery({
    ...read("/v1/sessions/{session}", { tenant, path: { session: session?.id ?? "" } }),
    enabled: session !== undefined,
    refetchInterval: 1500,
  });
  const answers = talk.data?.turns.length ?? 0;
  const steps = [
    { words: "Asked for", isDone: true },
    { words: "Answered by the slot", isDone: session !== undefined },
    { words: `Talking: ${counted(answers, "answer")} heard`, isDone: session?.endedAt != null },
    { words: "What was heard is judged", isDone: false },
  ];
  const at = steps.findIndex(({ isDone }) => !isDone);
  return (
    <div role="status" className="grid gap-2">
      <ol className="grid gap-1.5">
        {steps.map(({ words, isDone }, index) => (
          <li key={index} className={index > at ? "text-ink-faint" : undefined}>
            {index === at ? (
              <span className="inline-flex items-center gap-2 font-medium">
                <Spinner />
                {words}
              </span>
            ) : (
              <span className="inline-flex items-center gap-1">
                <StatusDot tone={isDone ? "good" : "neutral"}>{words}</StatusDot>
              </span>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

interface ResultProps {
  readonly tenant: string;
  readonly result: NonNullable<TestCall["result"]>;
  readonly releases: readonly KnownRelease[];
}

function Result({ tenant, result, releases }: ResultProps) {
  const { name, sessionId, failures, reduced, turns, latency, durationMs, longestSilenceMs, endedBy, release } = result;
  const { data } = useQuery({
    ...read("/v1/sessions/{session}", { tenant, path: { session: sessionId ?? "" } }),
    enabled: sessionId !== null,
    staleTime: 60_000,
  });
  return (
    <>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-ink-soft">
        <span>
          Release <span title={release}>{releaseLabel(release, releases)}</span>
        </span>
        <span>ended by {endedBy}</span>
        {sessionId !== null && (
          <Link to="/t/$tenant/calls/$session" params={{ tenant, session: sessionId }}>
            The call turn by turn
          </Link>
        )}
      </p>
      {failures.length > 0 && (
        <Note tone="bad" title="What did not go as it must">
          <ul className="list-disc pl-5">
            {failures.map((failure) => (
              <li key={failure}>{failure}</li>
            ))}
          </ul>
        </Note>
      )}
      {reduced !== null && <Note tone="warn">{reduced}</Note>}
      {turns.length > 0 && (
        <>
          <AudioLanes label={name} turns={turns} durationMs={durationMs} longestSilenceMs={longestSilenceMs} />
          <HeardTurns turns={turns} />
        </>
      )}
      {latency.length > 0 && <TurnLatency latency={latency} targetMs={data?.release?.targetMs ?? null} />}
    </>
  );
}
