// One thread of `npm run sim`: runs the seeds that it is sent and answers what they came to.
import { parentPort } from "node:worker_threads";
import { reproductionOf, runSeeds, seedsFrom } from "../libs/testkit/src/simulator/run-seeds.ts";

Error.stackTraceLimit = 0; // errors are part of every run here, and nobody reads their stacks

parentPort.on("message", async ({ seeds, first, count }) => {
  const report = await runSeeds(seeds ?? seedsFrom(first, count));
  parentPort.postMessage(
    {
      runs: report.runs,
      calls: report.calls,
      deathsAt: [...report.deathsAt],
      endings: [...report.endings],
      failed: report.failed.map((result) => ({
        seed: result.seed,
        violations: result.violations,
        line: reproductionOf(result),
      })),
    },
    [],
  );
});
