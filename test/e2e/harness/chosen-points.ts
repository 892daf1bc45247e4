/**
 * The points at which workers are killed in this run: all, or with `TANDEM_CRASH_POINTS=0/3` every third from the first on, so that
 * three runs (`1/3`, `2/3`) kill at every one.
 */
export function chosenPoints<Point extends string>(points: readonly Point[]): readonly Point[] {
  const part = process.env["TANDEM_CRASH_POINTS"];
  if (part === undefined) return points;
  const [first, of] = part.split("/").map(Number);
  if (first === undefined || of === undefined || !(first >= 0 && first < of))
    throw new Error(`TANDEM_CRASH_POINTS is ${part}; 0/3 is the first of three parts`);
  return points.filter((_, index) => index % of === first);
}
