import { ansiPaint, type Paint, plainPaint } from "@tandem/domain/plan";

/** Where results go: data as JSON on stdout, or words for people; progress always on stderr with `--json`. */
export interface Output {
  readonly isJson: boolean;
  readonly paint: Paint;
  /** The result of the command: `data` for machines, `words` for people. */
  result(data: unknown, words: () => string): void;
  /** A line on the way, for people; with `--json` it goes to stderr. */
  note(line: string): void;
}

/** Colours only on a terminal, never with NO_COLOR. */
export function makeOutput(isJson: boolean, hasColour: boolean): Output {
  return {
    isJson,
    paint: hasColour && !isJson ? ansiPaint : plainPaint,
    result: (data, words) => process.stdout.write(isJson ? `${JSON.stringify(data, null, 2)}\n` : `${words()}\n`),
    note: (line) => (isJson ? process.stderr : process.stdout).write(`${line}\n`),
  };
}
