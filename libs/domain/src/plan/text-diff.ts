/** One line of a comparison of two texts. */
export interface TextLine {
  /** `same` is context, `gap` stands for lines that are left out. */
  readonly kind: "same" | "added" | "removed" | "gap";
  readonly text: string;
}

const CONTEXT = 1;
const MOST_CELLS = 250_000;

/** What differs between two texts of several lines, with a line of context around each place. */
export function textDiff(before: string, after: string): TextLine[] {
  const left = before.split("\n");
  const right = after.split("\n");
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < left.length - head && tail < right.length - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  const same = (lines: readonly string[]): TextLine[] => lines.map((text) => ({ kind: "same", text }));
  return compacted([
    ...same(left.slice(0, head)),
    ...middle(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
    ...same(left.slice(left.length - tail)),
  ]);
}

/** Longest common subsequence; very large texts count as wholly exchanged. */
function middle(left: readonly string[], right: readonly string[]): TextLine[] {
  const lines: TextLine[] = [];
  const lengths = left.length * right.length > MOST_CELLS ? null : commonLengths(left, right);
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const isCommon = lengths !== null && i < left.length && left[i] === right[j];
    const isRemoval =
      i < left.length && (j === right.length || lengths === null || at(lengths, i + 1, j) >= at(lengths, i, j + 1));
    if (isCommon) lines.push({ kind: "same", text: left[(j++, i++)] ?? "" });
    else if (isRemoval) lines.push({ kind: "removed", text: left[i++] ?? "" });
    else lines.push({ kind: "added", text: right[j++] ?? "" });
  }
  return lines;
}

type Lengths = readonly (readonly number[])[];

const at = (lengths: Lengths, row: number, column: number): number => lengths[row]?.[column] ?? 0;

/** `[i][j]`: how many lines the texts from line i and line j on have in common. */
function commonLengths(left: readonly string[], right: readonly string[]): Lengths {
  const lengths: number[][] = [];
  for (let i = left.length - 1; i >= 0; i--) {
    const row: number[] = [];
    for (let j = right.length - 1; j >= 0; j--) {
      row[j] = left[i] === right[j] ? at(lengths, i + 1, j + 1) + 1 : Math.max(at(lengths, i + 1, j), row[j + 1] ?? 0);
    }
    lengths[i] = row;
  }
  return lengths;
}

function compacted(lines: readonly TextLine[]): TextLine[] {
  const isNear = (index: number): boolean =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ kind }) => kind !== "same");
  const result: TextLine[] = [];
  let hidden = 0;
  const closeGap = (): void => {
    if (hidden > 0) result.push({ kind: "gap", text: `${hidden} unchanged line${hidden === 1 ? "" : "s"}` });
    hidden = 0;
  };
  lines.forEach((line, index) => {
    if (!isNear(index)) return void hidden++;
    closeGap();
    result.push(line);
  });
  closeGap();
  return result;
}

/** The parts of two long one-line texts that differ, with some of what they share on both sides; `…` stands for the rest. */
export function textExcerpts(before: string, after: string, width: number): readonly [before: string, after: string] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  const from = Math.max(0, head - Math.floor(width / 4));
  const cut = (text: string): string => {
    const room = width - (from > 0 ? 1 : 0);
    const part = text.length - from > room ? `${text.slice(from, from + room - 1)}…` : text.slice(from);
    return from > 0 ? `…${part}` : part;
  };
  return [cut(before), cut(after)];
}
