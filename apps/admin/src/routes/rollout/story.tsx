import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { read } from "../../api/query.ts";
import { Duration } from "../../ui/amount.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Time } from "../../ui/time.tsx";
import { Subject } from "../../shell/subject.tsx";
import { ProofButtons } from "./proof-buttons.tsx";
import { RequestButtons } from "./request-buttons.tsx";
import type { Watched } from "./rollout-page.tsx";
import { MEASURES, measureText } from "./measures.ts";
import { STAGE_WORDS, type StageName, type Stretch } from "./stages.ts";
import { otherSlot, phaseTone, readable, releaseName } from "./words.ts";

interface StoryProps extends Watched {
  readonly stretches: readonly Stretch[];
}

/** A rollout that has ended, as one tells it: what, who let it through, what callers got, and how long it took. */
export function Story({ stretches, ...watched }: StoryProps) {
  const { tenant, rollout, standing, reasons } = watched;
  const { phase, reason } = rollout;
  const known = reason === null ? undefined : reasons.get(reason.code);
  return (
    <section aria-label="Story" className="grid grid-cols-1 gap-5 rounded-lg border border-line bg-surface px-5 py-4">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div className="grid gap-1">
          <p className="text-lg font-semibold">
            <StatusDot tone={phaseTone(phase)}>
              <span className="whitespace-normal">{endOf(watched)}</span>
            </StatusDot>
          </p>
          {reason !== null && (
            <p className="max-w-prose text-ink-soft">
              {known === undefined ? reason.code : known.summary}
              {readable(reason.detail) !== "" && `: ${reason.detail}`}
              {known === undefined || /[.!?]$/.test(reason.detail) ? "" : "."} {reason.nextAction}
            </p>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          <RequestButtons {...watched} />
          <ProofButtons tenant={tenant} rollout={rollout.id} />
        </div>
      </div>
      <ul className="grid max-w-prose gap-1.5">
        <li>
          Started by <Subject tenant={tenant} of={rollout.createdBy} /> <Time at={rollout.createdAt} show="absolute" />.
        </li>
        <Approvers {...watched} />
        {linesOf(watched).map(({ key, line }) => (
          <li key={key}>{line}</li>
        ))}
      </ul>
      <Durations stretches={stretches} createdAt={rollout.createdAt} endedAt={rollout.updatedAt} />
      {standing.pointer.active === rollout.targetSlot && phase === "succeeded" && (
        <p className="text-sm text-ink-faint">Callers are on this release now.</p>
      )}
    </section>
  );
}

function endOf({ rollout: { phase, targetSlot, desired }, standing }: Watched): string {
  const name = releaseName(standing.release);
  if (phase === "succeeded") return `${name} took over on ${targetSlot}`;
  if (phase === "rolled-back")
    return desired === "detach" ? `The number was detached` : `${name} went back to ${otherSlot(targetSlot)}`;
  if (phase === "aborted") return `${name} was stopped before callers noticed anything`;
  return `${name} failed before anything was written`;
}

interface Line {
  readonly key: string;
  readonly line: ReactNode;
}

/** What came of it, each part only where it happened. */
function linesOf({ rollout, log }: Watched): readonly Line[] {
  const lines: (Line | null)[] = [
    operationsLine(rollout.steps),
    smokeLine(rollout),
    moveLine(log),
    callersLine(rollout),
  ];
  return lines.filter((line) => line !== null);
}

function operationsLine(steps: Watched["rollout"]["steps"]): Line | null {
  const done = steps.filter(({ state }) => state === "done");
  if (done.length === 0) return { key: "operations", line: "Nothing was written at a vendor." };
  const vendors = [...new Set(done.map(({ vendor }) => vendor))];
  const retried = done.filter(({ attempt }) => attempt > 1).length;
  const again = retried === 0 ? "" : `, ${retried} of them at a second try or later`;
  return {
    key: "operations",
    line: `${counted(done.length, "operation")} at ${vendors.join(", ")} done and read back${again}.`,
  };
}

function smokeLine({ latency: { smoke, targetMs }, memory }: Watched["rollout"]): Line | null {
  const report = memory["smoke"] as { passed?: boolean } | undefined;
  if (report === undefined) return null;
  const verdict = report.passed === true ? "The smoke test passed" : "The smoke test did not pass";
  if (smoke === null) return { key: "smoke", line: `${verdict}.` };
  return {
    key: "smoke",
    line: (
      <>
        {verdict}: half of {counted(smoke.turns, "answer")} within <Duration ms={smoke.p50Ms} />, 95 % within{" "}
        <Duration ms={smoke.p95Ms} />
        {targetMs !== null && (
          <>
            , target <Duration ms={targetMs} />
          </>
        )}
        .
      </>
    ),
  };
}

function moveLine(log: Watched["log"]): Line | null {
  const moves = log.filter(({ type }) => type === "pointer-moved");
  const last = moves.at(-1);
  if (last === undefined) return null;
  return {
    key: "move",
    line: (
      <>
        New calls moved in {counted(moves.length, "step")}, the last <Time at={last.at} show="absolute" />.
      </>
    ),
  };
}

/** What callers got, by the last look at their calls. */
function callersLine({ evidence }: Watched["rollout"]): Line | null {
  const told = evidence?.comparisons.filter(
    ({ candidate, candidateSamples }) => candidate !== null && candidateSamples > 0,
  );
  if (evidence === null || told === undefined || told.length === 0) return null;
  const calls = Math.max(...told.map(({ candidateSamples }) => candidateSamples));
  const words = told.map(
    ({ metric, candidate, baseline }) =>
      `${MEASURES[metric].name} ${measureText(metric, candidate)}${baseline === null ? "" : ` (before ${measureText(metric, baseline)})`}`,
  );
  return { key: "callers", line: `Callers got, over ${counted(calls, "call")}: ${words.join(", ")}.` };
}

/** Who let the plan through. */
function Approvers({ tenant, rollout: { id, policy } }: Watched) {
  const isAsked = policy.approval !== "none";
  const { data } = useQuery({
    ...read("/v1/rollouts/{id}/approvals", { tenant, path: { id } }),
    enabled: isAsked,
  });
  if (!isAsked) return <li>No approval was asked for.</li>;
  return data?.items.map(({ subject, decision, at, reason }) => (
    <li key={`${subject} ${at}`}>
      {decision === "approve" ? "Approved" : "Rejected"} by <Subject tenant={tenant} of={subject} />{" "}
      <Time at={at} show="absolute" />
      {reason === null ? "." : `: “${reason}”`}
    </li>
  ));
}

const SHADES = ["bg-ink/70", "bg-ink/25"];

interface DurationsProps {
  readonly stretches: readonly Stretch[];
  readonly createdAt: string;
  readonly endedAt: string;
}

/** How long each stage took, in the room of the whole. */
function Durations({ stretches, createdAt, endedAt }: DurationsProps) {
  const spent = new Map<StageName, number>();
  for (const { stage, from, to } of stretches)
    if (stage !== null) spent.set(stage, (spent.get(stage) ?? 0) + (to ?? from) - from);
  const parts = [...spent].filter(([, ms]) => ms >= 500);
  const whole = Date.parse(endedAt) - Date.parse(createdAt);
  if (parts.length === 0) return null;
  return (
    <div className="grid gap-2">
      <p className="text-sm text-ink-faint">
        <Duration ms={whole} /> from start to end
      </p>
      <div aria-hidden="true" className="flex h-2.5 gap-px overflow-hidden rounded-full">
        {parts.map(([stage, ms], index) => (
          <span
            key={stage}
            title={STAGE_WORDS[stage]}
            className={classNames("min-w-1", SHADES[index % 2])}
            style={{ flexGrow: ms, flexBasis: 0 }}
          />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {parts.map(([stage, ms]) => (
          <li key={stage}>
            <span className="text-ink-faint">{STAGE_WORDS[stage]}</span> <Duration ms={ms} />
          </li>
        ))}
      </ul>
    </div>
  );
}
