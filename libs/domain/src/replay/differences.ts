import { isEquivalent, normalValue } from "./recorded-tools.ts";
import type { ReplayedTool, ReplayRun } from "./replay-run.ts";
import type { ReplayDifference } from "./replay-report.ts";

/** One of each kind of tool use: asking the same again is no other outcome. */
const keyOf = ({ tool, arguments: args, outcome }: ReplayedTool): string =>
  JSON.stringify([
    tool,
    outcome,
    Object.keys(args)
      .toSorted()
      .map((name) => [name, normalValue(args[name])]),
  ]);

const usedIn = ({ turns }: ReplayRun): ReadonlyMap<string, ReplayedTool> =>
  new Map(turns.flatMap(({ tools }) => tools).map((tool) => [keyOf(tool), tool]));

/**
 * In what two replays of one session come to something else: outcome, hand-off, language, objectives reached, tools with their
 * arguments. What is said is never compared. Symmetric; empty for equal runs. Names only: values of arguments are not told.
 */
export function differencesOf(before: ReplayRun, after: ReplayRun): readonly ReplayDifference[] {
  const found: (ReplayDifference | null)[] = [
    unequal("disposition", before.disposition, after.disposition),
    unequal("hand-off", before.handedOffTo ?? "none", after.handedOffTo ?? "none"),
    unequal("language", before.language, after.language),
    unequal("objectives", reached(before), reached(after)),
    toolDifference(usedIn(before), usedIn(after)),
    unequal("trouble", before.trouble === null ? "none" : "some", after.trouble === null ? "none" : "some"),
  ];
  return found.filter((each) => each !== null);
}

const unequal = (aspect: ReplayDifference["aspect"], before: string, after: string): ReplayDifference | null =>
  before === after ? null : { aspect, before, after };

const reached = ({ objectives }: ReplayRun): string => [...new Set(objectives)].toSorted().join(", ");

function toolDifference(
  before: ReadonlyMap<string, ReplayedTool>,
  after: ReadonlyMap<string, ReplayedTool>,
): ReplayDifference | null {
  const lost = [...before].filter(([key]) => !after.has(key)).map(([, tool]) => tool);
  const gained = [...after].filter(([key]) => !before.has(key)).map(([, tool]) => tool);
  if (lost.length === 0 && gained.length === 0) return null;
  return { aspect: "tools", before: wordsOf(lost, gained), after: wordsOf(gained, lost) };
}

/** Tools with the names of their arguments; those that another use of the tool has otherwise are marked. */
function wordsOf(tools: readonly ReplayedTool[], others: readonly ReplayedTool[]): string {
  const words = tools.map((tool) => {
    const other = others.find((each) => each.tool === tool.tool);
    const names = Object.keys(tool.arguments)
      .toSorted()
      .map((name) =>
        other === undefined || isEquivalent(tool.arguments[name], other.arguments[name]) ? name : `${name}≠`,
      );
    return `${tool.tool}(${names.join(", ")}): ${tool.outcome}`;
  });
  return words.length === 0 ? "none" : words.toSorted().join("; ");
}

/** The first turn after which the two stand elsewhere or have used other tools; null when there is none. Symmetric. */
export function partsAt(before: ReplayRun, after: ReplayRun): number | null {
  const most = Math.max(before.turns.length, after.turns.length);
  for (let index = 0; index < most; index += 1) {
    const [one, other] = [before.turns[index], after.turns[index]];
    if (one === undefined || other === undefined) return (one ?? other)?.turn ?? index;
    const isSame = one.objective === other.objective && sameTools(one.tools, other.tools);
    if (!isSame) return one.turn;
  }
  return null;
}

function sameTools(one: readonly ReplayedTool[], other: readonly ReplayedTool[]): boolean {
  const [left, right] = [new Set(one.map(keyOf)), new Set(other.map(keyOf))];
  return left.size === right.size && [...left].every((key) => right.has(key));
}
