import type { Replay } from "@tandem/contracts";
import type { Ink, Paint } from "@tandem/domain/plan";
import { table } from "./table.ts";

type Session = Replay["sessions"][number];

const INKS: Readonly<Record<NonNullable<Replay["report"]>["verdict"], Ink>> = {
  same: "good",
  differs: "warning",
  nothing: "muted",
};

const SUMMARIES: Readonly<Record<NonNullable<Replay["report"]>["verdict"], string>> = {
  same: "past calls end as before",
  differs: "past calls end differently",
  nothing: "nothing was replayed",
};

/** Past sessions on both releases: what they come to, where the ways part, and what is said there for whoever may read it. */
export function replayView({ report, sessions }: Replay, paint: Paint): string {
  if (report === null) return "The past calls have not been replayed yet.";
  const differing = sessions.filter(({ verdict }) => verdict === "differs");
  return [
    `Replay: ${paint(INKS[report.verdict], SUMMARIES[report.verdict])}`,
    `  ${report.detail}`,
    "",
    table(["session", "was", "before", "after", "parts at", "verdict"], sessions.map(row)),
    ...differing.map((session) => `\n${parting(session, paint)}`),
  ].join("\n");
}

const row = (session: Session): string[] => [
  session.sessionId.slice(0, 8),
  session.pastDisposition,
  outcomeOf(session.before),
  outcomeOf(session.after),
  session.partsAtTurn === null ? "–" : `turn ${session.partsAtTurn}`,
  `${session.verdict}${session.isUnsteady ? " (before differs from itself)" : ""}`,
];

const outcomeOf = ({ disposition, trouble }: Session["before"]): string => trouble ?? disposition;

/** What differs, and the words from one turn before the ways part. */
function parting({ sessionId, differences, partsAtTurn, words }: Session, paint: Paint): string {
  const said = (words?.turns ?? []).filter(({ turn }) => partsAtTurn !== null && Math.abs(turn - partsAtTurn) <= 1);
  return [
    paint("title", sessionId),
    ...differences.map(({ aspect, before, after }) => `  ${aspect}: ${before} → ${after}`),
    ...said.flatMap((turn) => [
      `  turn ${turn.turn}  caller  ${turn.said}`,
      `          before  ${turn.before}`,
      `          after   ${turn.after}`,
    ]),
  ].join("\n");
}
