import type { ReactNode } from "react";
import type { Schemas } from "../../api/generated/schema.ts";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatDuration } from "../../ui/time-text.ts";
import type { Tone } from "../../ui/tone.ts";
import { eventText } from "./event-words.ts";

type Turn = Schemas["Turn"];

interface TurnItemProps {
  readonly turn: Turn;
  readonly startedAt: string;
  readonly targetMs: number | null;
  readonly failures: Schemas["SessionDetail"]["events"];
}

/** The caller's words, the answer as far as it was heard, and what it took. */
export function TurnItem({ turn, startedAt, targetMs, failures }: TurnItemProps) {
  const { callerText, agentText, objective, latency, wasInterrupted, wasSpeculative, discarded, tools } = turn;
  const offsetMs = Math.max(0, Date.parse(turn.at) - Date.parse(startedAt));
  const isLate = latency !== null && targetMs !== null && latency.totalMs > targetMs;
  return (
    <li
      id={`turn-${turn.turn}`}
      className="grid scroll-mt-4 gap-x-6 gap-y-2 px-4 py-3 target:bg-hover lg:grid-cols-[11rem_minmax(0,1fr)_19rem]"
    >
      <div className="flex flex-wrap content-start items-baseline gap-x-2 text-sm">
        <span className="font-medium">{turn.turn === 0 ? "Opening" : `Turn ${turn.turn}`}</span>
        <span className="text-ink-faint tabular-nums">to {clock(offsetMs)}</span>
        <span className="text-ink-faint lg:w-full">{objective}</span>
      </div>
      <div className="grid content-start gap-1">
        {callerText !== undefined && callerText !== "" && <Words by="Caller">{callerText}</Words>}
        {agentText !== undefined && agentText !== "" && (
          <Words by="Agent">
            {agentText}
            {wasInterrupted && <span className="text-ink-faint"> … cut short here</span>}
          </Words>
        )}
        {(wasInterrupted || wasSpeculative || discarded > 0) && (
          <p className="flex flex-wrap gap-1.5">
            {wasInterrupted && <Badge tone="warn">interrupted</Badge>}
            {wasSpeculative && <Badge>begun before the turn had ended</Badge>}
            {discarded > 0 && <Badge>{discarded} begun and thrown away</Badge>}
          </p>
        )}
        {failures.map((event) => (
          <StatusDot key={event.seq} tone={event.type === "breaker-opened" ? "bad" : "warn"}>
            <span className="whitespace-normal">{eventText(event)}</span>
          </StatusDot>
        ))}
        {tools.map((tool, index) => (
          <Tool key={index} tool={tool} />
        ))}
      </div>
      <dl className="grid content-start gap-y-0.5 text-sm sm:grid-cols-[5.5rem_minmax(0,1fr)]">
        <Fact term="Answer">
          <span className={classNames("tabular-nums", isLate && "font-medium text-bad")}>
            {latency === null ? "none was heard" : `after ${Math.round(latency.totalMs)} ms`}
            {isLate && ", late"}
          </span>
        </Fact>
        <Fact term="Providers">{providersOf(turn)}</Fact>
        {turn.retries > 0 && <Fact term="Failovers">{turn.retries}</Fact>}
        {turn.longestSilenceMs > SILENCE_MS && <Fact term="Silence">{formatDuration(turn.longestSilenceMs)}</Fact>}
        {turn.lossRatio > 0 && <Fact term="Lost audio">{(turn.lossRatio * 100).toFixed(1)} %</Fact>}
        {turn.confidence !== null && <Fact term="Recognised">{Math.round(turn.confidence * 100)} % sure</Fact>}
      </dl>
    </li>
  );
}

/** From here on a silence is told. */
const SILENCE_MS = 2000;

const Words = ({ by, children }: { readonly by: string; readonly children: ReactNode }) => (
  <p className="grid grid-cols-[3.5rem_minmax(0,1fr)] gap-x-2">
    <span
      className={classNames(
        "text-sm leading-(--text-base--line-height)",
        by === "Agent" ? "font-medium" : "text-ink-faint",
      )}
    >
      {by}
    </span>
    <span>{children}</span>
  </p>
);

const Fact = ({ term, children }: { readonly term: string; readonly children: ReactNode }) => (
  <div className="grid grid-cols-subgrid max-sm:flex max-sm:gap-2 sm:col-span-2">
    <dt className="text-ink-faint">{term}</dt>
    <dd className="min-w-0">{children}</dd>
  </div>
);

const TOOL_TONES: Readonly<Record<Turn["tools"][number]["outcome"], Tone>> = {
  success: "good",
  empty: "neutral",
  failure: "bad",
};

const Tool = ({ tool: { tool, outcome, durationMs, isSpeculative } }: { readonly tool: Turn["tools"][number] }) => (
  <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
    <StatusDot tone={TOOL_TONES[outcome]}>
      <code className="font-mono text-[0.92em]">{tool}</code>
    </StatusDot>
    <span className="text-sm text-ink-soft">
      {outcome}, {Math.round(durationMs)} ms
    </span>
    {isSpeculative && <Badge>speculative</Badge>}
  </p>
);

/** "deepgram nova-3 · openai gpt-4.1 · cartesia sonic-3". */
function providersOf({ providers, models }: Turn): string {
  const served = (["stt", "llm", "tts"] as const).flatMap((kind) => {
    const name = providers[kind];
    return name === null ? [] : [[name, models?.[kind]].filter((part) => typeof part === "string").join(" ")];
  });
  return served.length === 0 ? "none" : served.join(" · ");
}

const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
