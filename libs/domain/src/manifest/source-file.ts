import type { SourcePosition } from "@tandem/kernel";

/** One authored file with an index of its lines. */
export interface SourceFile {
  /** Name as shown in diagnostics. */
  readonly name: string;
  readonly text: string;
  /** Offsets at which lines begin, ascending. */
  readonly lineStarts: readonly number[];
}

/** Indexes the lines of a text; linear. */
export function sourceFile(name: string, text: string): SourceFile {
  const lineStarts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) lineStarts.push(end + 1);
  return { name, text, lineStarts };
}

/** Line and column (from 1) of a zero-based offset. */
export function positionAt(file: SourceFile, offset: number): SourcePosition {
  let low = 0;
  let high = file.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((file.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file: file.name, line: low + 1, column: offset - (file.lineStarts[low] ?? 0) + 1 };
}
