/** One line of a comparison; `both` where the sides agree. */
export interface DiffLine {
  readonly kind: "both" | "removed" | "added";
  readonly text: string;
}

/** The sides beside each other: a removed line stands beside the added one that takes its place. */
export interface DiffRow {
  readonly before: string | null;
  readonly after: string | null;
  readonly isSame: boolean;
}

/** Above this many cells the exact comparison is given up for "all removed, all added". */
const MOST_CELLS = 4_000_000;

/** The shortest way from one text to the other, line by line. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [left, right] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  let tail = 0;
  const most = Math.min(left.length, right.length) - head;
  while (tail < most && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: "both", text }));
  return [
    ...same(left.slice(0, head)),
    ...middle(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
    ...same(left.slice(left.length - tail)),
  ];
}

function middle(left: readonly string[], right: readonly string[]): DiffLine[] {
  if (left.length * right.length > MOST_CELLS) {
    return [...left.map((text) => removed(text)), ...right.map((text) => added(text))];
  }
  const lengths = commonLengths(left, right);
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < left.length || column < right.length) {
    const [one, other] = [left[row], right[column]];
    if (one !== undefined && one === other) {
      lines.push({ kind: "both", text: one });
      row += 1;
      column += 1;
    } else if (
      one !== undefined &&
      (other === undefined || at(lengths, row + 1, column) >= at(lengths, row, column + 1))
    ) {
      lines.push(removed(one));
      row += 1;
    } else if (other !== undefined) {
      lines.push(added(other));
      column += 1;
    }
  }
  return lines;
}

const removed = (text: string): DiffLine => ({ kind: "removed", text });
const added = (text: string): DiffLine => ({ kind: "added", text });
const at = (lengths: readonly Uint32Array[], row: number, column: number): number => lengths[row]?.[column] ?? 0;

/** Length of the longest common part of every pair of endings. */
function commonLengths(left: readonly string[], right: readonly string[]): Uint32Array[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let row = left.length - 1; row >= 0; row -= 1) {
    const current = lengths[row];
    if (current === undefined) continue;
    for (let column = right.length - 1; column >= 0; column -= 1) {
      current[column] =
        left[row] === right[column]
          ? at(lengths, row + 1, column + 1) + 1
          : Math.max(at(lengths, row + 1, column), at(lengths, row, column + 1));
    }
  }
  return lengths;
}

/** The same comparison in two columns. */
export function sideBySide(lines: readonly DiffLine[]): DiffRow[] {
  const rows: DiffRow[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const release = (): void => {
    for (let index = 0; index < Math.max(gone.length, come.length); index += 1)
      rows.push({ before: gone[index] ?? null, after: come[index] ?? null, isSame: false });
    gone = [];
    come = [];
  };
  for (const { kind, text } of lines) {
    if (kind === "removed") gone.push(text);
    else if (kind === "added") come.push(text);
    else {
      release();
      rows.push({ before: text, after: text, isSame: true });
    }
  }
  release();
  return rows;
}

/** A run of rows; a hidden one is shown when somebody asks for it. */
export interface DiffRun {
  readonly isHidden: boolean;
  readonly rows: readonly DiffRow[];
}

const CONTEXT = 3;
/** Hiding fewer rows than this takes as much room as showing them. */
const LEAST_HIDDEN = 4;

/** Rows in runs: those near a difference are shown, the long stretches between are hidden. */
export function foldedRows(rows: readonly DiffRow[]): DiffRun[] {
  const isNear = rows.map((_, index) =>
    rows.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ isSame }) => !isSame),
  );
  const runs: { isHidden: boolean; rows: DiffRow[] }[] = [];
  rows.forEach((row, index) => {
    const isHidden = isNear[index] !== true;
    const last = runs.at(-1);
    if (last !== undefined && last.isHidden === isHidden) last.rows.push(row);
    else runs.push({ isHidden, rows: [row] });
  });
  return runs.map((run) => (run.isHidden && run.rows.length < LEAST_HIDDEN ? { ...run, isHidden: false } : run));
}
