/** A piece of a line; marked where it differs from the line on the other side. */
export interface WordPart {
  readonly text: string;
  readonly isMarked: boolean;
}

/** Above this many cells a pair of lines is shown as wholly exchanged. */
const MOST_CELLS = 1_000_000;
/** Below this share of common characters marks would only make noise. */
const LEAST_ALIKE = 0.3;

/** Words, runs of space and single signs. */
const tokensOf = (text: string): string[] => text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];

/** Two lines word by word: what both have, and what only one has. Null when they have too little in common to be compared so. */
export function diffWords(
  before: string,
  after: string,
): readonly [before: readonly WordPart[], after: readonly WordPart[]] | null {
  const [left, right] = [tokensOf(before), tokensOf(after)];
  if (left.length * right.length > MOST_CELLS) return null;
  const common = commonTokens(left, right);
  const shared = common.reduce((sum, [row]) => sum + (left[row]?.trim().length ?? 0), 0);
  const longest = Math.max(lengthOf(left), lengthOf(right));
  if (longest === 0 || shared / longest < LEAST_ALIKE) return null;
  const [kept, keptAfter] = [new Set(common.map(([row]) => row)), new Set(common.map(([, column]) => column))];
  return [joined(left, kept), joined(right, keptAfter)];
}

const lengthOf = (tokens: readonly string[]): number => tokens.reduce((sum, token) => sum + token.trim().length, 0);

/** Positions of the longest common sequence. */
function commonTokens(left: readonly string[], right: readonly string[]): (readonly [row: number, column: number])[] {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  let [row, column] = [0, 0];
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) {
      pairs.push([row, column]);
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}

/** Neighbours of the same kind as one part; a lone space between two marked words is marked with them. */
function joined(tokens: readonly string[], kept: ReadonlySet<number>): WordPart[] {
  const isMarked = (index: number): boolean =>
    !kept.has(index) ||
    (isSpace(tokens[index]) && isWithin(tokens, index) && !kept.has(index - 1) && !kept.has(index + 1));
  const parts: { text: string; isMarked: boolean }[] = [];
  tokens.forEach((text, index) => {
    const last = parts.at(-1);
    if (last !== undefined && last.isMarked === isMarked(index)) last.text += text;
    else parts.push({ text, isMarked: isMarked(index) });
  });
  return parts.map((part, index) =>
    index === parts.length - 1 && part.isMarked ? part : withoutHanging(part, parts[index - 1]),
  );
}

const isSpace = (token: string | undefined): boolean => token !== undefined && token.trim() === "";
const isWithin = (tokens: readonly string[], index: number): boolean => index > 0 && index < tokens.length - 1;

/** The space behind marked words goes to what follows them. */
function withoutHanging(part: WordPart, before: WordPart | undefined): WordPart {
  if (part.isMarked) return isSpace(part.text) ? part : { ...part, text: part.text.trimEnd() };
  const hanging = before === undefined || isSpace(before.text) ? "" : before.text.slice(before.text.trimEnd().length);
  return { ...part, text: hanging + part.text };
}
