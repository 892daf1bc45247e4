// Simulated schedules until one breaks an invariant: `node --import ./tools/mutants/hook.mjs tools/mutants/schedules.mjs <most>`.
// Prints one line of JSON: how many it took, and what broke; `broke` is null when nothing did.
import { runSeeds, seedsFrom } from "../../libs/testkit/src/simulator/run-seeds.ts";

Error.stackTraceLimit = 0;
const most = Number(process.argv[2]);
let report;
try {
  report = await runSeeds(seedsFrom(1, most), { enough: 1 });
} catch (error) {
  report = { runs: 0, failed: [{ violations: [{ invariant: "I8", detail: error.message }] }] };
}
const broke = report.failed[0]?.violations[0];
const found = broke === undefined ? null : `${broke.invariant} ${broke.detail}`;
process.stdout.write(`${JSON.stringify({ runs: report.runs, broke: found })}\n`, () => process.exit(0));
