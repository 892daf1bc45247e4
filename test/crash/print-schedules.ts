import type { ScheduleResult } from "./schedules.ts";

/** Prints the sums of the schedules. True when no invariant broke. */
export function printSchedules(results: readonly ScheduleResult[], seconds: number): boolean {
  const sum = (of: (result: ScheduleResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const failed = results.filter(({ violations }) => violations.length > 0);
  const ends = Map.groupBy(
    results.flatMap(({ phases }) => phases),
    (phase) => phase,
  );
  console.log(`ends: ${[...ends].map(([phase, those]) => `${phase} ${those.length}`).join(", ")}`);
  console.log(
    `${results.length} schedules, ${failed.length} with violations; ${sum(({ strikes }) => strikes)} workers struck, ` +
      `${sum(({ deaths }) => deaths)} died, ${sum(({ pauses }) => pauses)} stood still, ${sum(({ clicks }) => clicks)} clicks; ` +
      `${(results.length / seconds).toFixed(2)} schedules/s`,
  );
  return failed.length === 0;
}
