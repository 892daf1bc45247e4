import type { Tally } from "./target.ts";

const MOST_KINDS = 14;

/** One paragraph about a target: counts, the commonest refusals, the slowest case, the largest heap, and every violation. */
export function printTally(name: string, tally: Tally): void {
  const { cases, slowestMs, heapPeakBytes, failures } = tally;
  const total = (beginning: string): number =>
    Object.entries(tally.kinds).reduce((sum, [kind, times]) => sum + (kind.startsWith(beginning) ? times : 0), 0);
  console.log(
    `${name}: ${cases} cases, ${total("accepted")} accepted, ${total("refused")} refused; slowest ${slowestMs.toFixed(0)} ms, heap ${(heapPeakBytes / 1_048_576).toFixed(0)} MiB, ${failures.length} violations`,
  );
  const kinds = Object.entries(tally.kinds).toSorted(([, left], [, right]) => right - left);
  const shown = kinds.slice(0, MOST_KINDS).map(([kind, times]) => `${kind} ${times}`);
  const rest = kinds.slice(MOST_KINDS).reduce((sum, [, times]) => sum + times, 0);
  console.log(`  ${[...shown, ...(rest === 0 ? [] : [`others ${rest}`])].join(", ")}`);
  for (const { origin, violation, given } of failures) {
    console.log(`  VIOLATION ${violation}${origin === null ? "" : ` [seed/case ${origin}]`}`);
    if (given !== null) console.log(`    ${JSON.stringify(given).slice(0, 400)}`);
  }
}
