import type { Sides } from "./share-test.ts";
import { meanOf, varianceOf } from "./sums.ts";

/**
 * How strongly the calls speak for `weight × mean of the candidate − factor × mean of the baseline > 0`: natural logarithm of Student's
 * statistic averaged over effects of about `scale` (a mixture, Lai 1976), which exceeds log(1/α) at any time with a chance of about α
 * when the difference is zero or less. About: it rests on the central limit theorem; the simulated rates say how well.
 */
export function evidenceOfDifference(
  { candidate, baseline }: Sides,
  contrast: { readonly candidate: number; readonly baseline: number; readonly scale: number },
): number {
  const [left, right] = [meanOf(candidate), meanOf(baseline)];
  if (left === null || right === null || candidate.calls < 2 || baseline.calls < 2 || contrast.scale <= 0) return 0;
  const difference = contrast.candidate * left + contrast.baseline * right;
  if (difference <= 0) return 0;
  const variances = [
    (contrast.candidate ** 2 * varianceOf(candidate)) / candidate.calls,
    (contrast.baseline ** 2 * varianceOf(baseline)) / baseline.calls,
  ] as const;
  const variance = variances[0] + variances[1];
  if (variance <= 0) return 0;
  const freedom =
    variance ** 2 / (variances[0] ** 2 / (candidate.calls - 1) + variances[1] ** 2 / (baseline.calls - 1));
  const shrinking = variance / (variance + contrast.scale ** 2);
  const t2 = difference ** 2 / variance;
  return (
    0.5 * Math.log(shrinking) +
    ((freedom + 1) / 2) * (Math.log1p(t2 / freedom) - Math.log1p((shrinking * t2) / freedom))
  );
}
