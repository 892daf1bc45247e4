import { z } from "zod";

/** `major.minor.patch` with an optional pre-release, as in Semantic Versioning 2.0.0; no build metadata. */
export const SemanticVersion = z
  .string()
  .max(64)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    "must be a semantic version such as 1.4.0, in quotes",
  );

/** Negative when `left` is older, 0 when both have the same precedence, positive when it is newer. Both must be valid. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [split(left), split(right)];
  for (const index of [0, 1, 2]) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.tags.length === 0 || b.tags.length === 0) return b.tags.length - a.tags.length;
  return compareTags(a.tags, b.tags);
}

/** First number of a version. */
export const majorOf = (version: string): number => split(version).numbers[0] ?? 0;

function split(version: string): { numbers: number[]; tags: string[] } {
  const dash = version.indexOf("-");
  const core = dash === -1 ? version : version.slice(0, dash);
  return { numbers: core.split(".").map(Number), tags: dash === -1 ? [] : version.slice(dash + 1).split(".") };
}

function compareTags(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [a, b] = [left[index], right[index]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    if (a !== b) return compareTag(a, b);
  }
  return 0;
}

function compareTag(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA && isNumberB) return Number(a) - Number(b);
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return a < b ? -1 : 1;
}
