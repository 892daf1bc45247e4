import type { HistoryEvent, RowChange, Tables, Violation } from "./event.ts";
import { changesOf, eachByItself, FINE, type Of, violation } from "./reading.ts";

type RolloutRow = Tables["rollout"];

/** I11: a release that is watched by its calls goes on by what they told, or by a person; a breach takes it back in the same commit. */
export const checkWeighed = (history: readonly HistoryEvent[], shared: number): Violation[] =>
  judged(history, shared, null);

const judged = eachByItself<null>((event) => (event.kind === "committed" ? weighed(event) : FINE));

function weighed(commit: Of<"committed">): readonly Violation[] {
  const moves = changesOf(commit, "pointer");
  return changesOf(commit, "rollout").flatMap(({ before, after }) =>
    before === null || after === null || after.policy.evidence === undefined
      ? []
      : [...withoutVerdict(before, after, moves), ...inSpiteOfBreach(before, after)],
  );
}

type Moves = readonly Extract<RowChange, { readonly table: "pointer" }>[];

function withoutVerdict(before: RolloutRow, after: RolloutRow, moves: Moves): Violation[] {
  const byPerson = before.desired === "promote" || before.desired === "skip";
  if (byPerson || !goesOn(before, after, moves) || verdictOf(after) === "passed") return [];
  return [
    violation("I11", `rollout ${after.id} goes on from ${before.phase} with calls that told ${verdictOf(after)}`),
  ];
}

const goesOn = (before: RolloutRow, after: RolloutRow, moves: Moves): boolean =>
  (before.phase === "baking" && after.phase === "retiring") ||
  (before.phase === "shifting" && (after.phase === "switching" || moves.some(isFurther)));

const isFurther = ({ before, after }: Moves[number]): boolean =>
  before !== null && after !== null && before.candidate !== null && after.weightBp > before.weightBp;

/** Where a person accepts it, or there is no way back, the release stays: and says so. */
function inSpiteOfBreach(before: RolloutRow, after: RolloutRow): Violation[] {
  const isNew = verdictOf(after) === "breached" && verdictOf(before) !== "breached";
  const isAnswered =
    after.phase === "rolling-back" || after.reason?.code === "way-back-gone" || before.desired === "promote";
  return isNew && !isAnswered
    ? [violation("I11", `rollout ${after.id} stays in ${after.phase} with calls that told breached`)]
    : [];
}

function verdictOf({ memory }: RolloutRow): string {
  const evidence = memory["evidence"];
  return typeof evidence === "object" && evidence !== null && "kind" in evidence ? String(evidence.kind) : "nothing";
}
