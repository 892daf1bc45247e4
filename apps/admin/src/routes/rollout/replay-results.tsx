import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Hash } from "../../ui/code.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState } from "../../ui/states.tsx";
import type { Tone } from "../../ui/tone.ts";
import type { EventLog } from "./event-log.ts";
import { Figures } from "../../ui/figures.tsx";

type Replay = Schemas["Replay"];
type Compared = Replay["sessions"][number];

interface ReplayResultsProps {
  readonly tenant: string;
  readonly rollout: string;
  readonly log: EventLog;
}

/** Past calls, had again on both releases, side by side. */
export function ReplayResults({ tenant, rollout: id, log }: ReplayResultsProps) {
  const isReported = log.some(({ type }) => type === "replay-reported");
  const replay = useQuery({ ...read("/v1/rollouts/{id}/replay", { tenant, path: { id } }), enabled: isReported });
  return (
    <Section title="Past calls, had again">
      {isReported ? (
        <Loaded of={replay}>{(found) => <Results tenant={tenant} replay={found} />}</Loaded>
      ) : (
        <EmptyState title="Not replayed yet">
          After the smoke test past calls are had again as text on both releases; what differs stands here.
        </EmptyState>
      )}
    </Section>
  );
}

function Results({
  tenant,
  replay: { report, failure, sessions },
}: {
  readonly tenant: string;
  readonly replay: Replay;
}) {
  if (failure !== null)
    return (
      <Note tone="bad" title="They could not be replayed">
        {failure}
      </Note>
    );
  if (report === null) return <Note>They are under way.</Note>;
  return (
    <div className="grid gap-4">
      <Figures
        figures={[
          {
            label: "Verdict",
            value: <StatusDot tone={REPORT_TONES[report.verdict]}>{report.verdict}</StatusDot>,
            note: "",
          },
          { label: "Sessions", value: report.sessions, note: `${report.compared} compared` },
          {
            label: "Differ",
            value: report.differing,
            note: `${(report.differingShare * 100).toFixed(0)} % of the compared`,
          },
          { label: "Differ from themselves", value: report.unsteady, note: "on the live release" },
        ]}
      />
      <p className="text-ink-soft">{report.detail}</p>
      {sessions.length > 0 && (
        <div className="divide-y divide-line rounded-lg border border-line bg-surface">
          {sessions.map((session) => (
            <Session key={session.sessionId} tenant={tenant} session={session} />
          ))}
        </div>
      )}
    </div>
  );
}

const REPORT_TONES: Readonly<Record<NonNullable<Replay["report"]>["verdict"], Tone>> = {
  same: "good",
  differs: "warn",
  nothing: "neutral",
};
const TONES: Readonly<Record<Compared["verdict"], Tone>> = {
  same: "good",
  differs: "warn",
  "not-recorded": "neutral",
  failed: "bad",
};

function Session({ tenant, session }: { readonly tenant: string; readonly session: Compared }) {
  const { sessionId, verdict, pastDisposition, isUnsteady, differences, before, after, words, partsAtTurn } = session;
  return (
    <details open={verdict === "differs"} className="group">
      <summary className="flex min-h-11 list-none flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 hover:bg-hover focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 text-ink-faint transition-transform group-open:rotate-90" aria-hidden="true" />
        <span className="flex-1">
          <StatusDot tone={TONES[verdict]}>
            Call <Hash value={sessionId} />, {pastDisposition} when it was live
          </StatusDot>
        </span>
        <span className="text-sm text-ink-faint">
          {verdict.replaceAll("-", " ")}
          {isUnsteady && ", unsteady"}
        </span>
      </summary>
      <div className="grid gap-4 px-4 pt-1 pb-4 sm:pl-12">
        <table className="w-full table-fixed border-collapse text-left">
          <thead className="text-sm text-ink-faint">
            <tr>
              <th scope="col" className="w-28 py-1 pr-3 font-medium">
                <span className="sr-only">Aspect</span>
              </th>
              <th scope="col" className="py-1 pr-3 font-medium">
                Live release
              </th>
              <th scope="col" className="py-1 font-medium">
                New release
              </th>
            </tr>
          </thead>
          <tbody>
            {rowsOf(differences, before, after).map(([aspect, one, other, isSame]) => (
              <tr key={aspect} className="border-t border-line align-top">
                <th scope="row" className="py-1.5 pr-3 font-normal text-ink-faint">
                  {aspect}
                </th>
                <td className="py-1.5 pr-3">{one}</td>
                <td className={isSame ? "py-1.5" : "py-1.5 font-medium text-warn"}>{other}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {words !== null && <Words words={words} partsAtTurn={partsAtTurn} />}
        <p>
          <Link to="/t/$tenant/calls/$session" params={{ tenant, session: sessionId }}>
            The call itself
          </Link>
        </p>
      </div>
    </details>
  );
}

type Row = readonly [aspect: string, before: string, after: string, isSame: boolean];

/** What differs first; then what both came to. */
function rowsOf(differences: Compared["differences"], before: Compared["before"], after: Compared["after"]): Row[] {
  const own = differences.map(({ aspect, before: one, after: other }): Row => [aspect, one, other, false]);
  if (differences.some(({ aspect }) => aspect === "disposition")) return own;
  return [...own, ["outcome", before.disposition, after.disposition, before.disposition === after.disposition]];
}

interface WordsProps {
  readonly words: NonNullable<Compared["words"]>;
  readonly partsAtTurn: number | null;
}

const Words = ({ words, partsAtTurn }: WordsProps) => (
  <ol className="grid gap-3">
    {words.turns.map(({ turn, said, before, after }) => (
      <li
        key={turn}
        className="grid gap-1 border-l-2 border-line pl-3 data-parts:border-warn"
        data-parts={turn === partsAtTurn || undefined}
      >
        <p className="text-ink-soft">
          <span className="text-sm text-ink-faint">caller</span> {said}
        </p>
        <div className="grid gap-x-4 gap-y-1 sm:grid-cols-2">
          <p>
            <span className="text-sm text-ink-faint">live release</span> {before}
          </p>
          <p>
            <span className="text-sm text-ink-faint">new release</span> {after}
          </p>
        </div>
        {turn === partsAtTurn && <p className="text-sm text-warn">Here their ways part.</p>}
      </li>
    ))}
  </ol>
);
