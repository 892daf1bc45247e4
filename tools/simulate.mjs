// Runs seeded simulations of the engine: `node --conditions=@tandem/source tools/simulate.mjs [first seed] [runs]`.
// Prints one line per failing seed, then a summary; exits 1 when any invariant broke.
import { reproductionOf, runSeeds } from "@tandem/testkit";

const [from = 1, count = 1000] = process.argv.slice(2).map(Number);
const began = performance.now();
let runs = 0;
let failed = 0;
let deaths = 0;
for (let seed = from; seed < from + count; seed += 100) {
  const report = await runSeeds(seed, Math.min(100, from + count - seed));
  runs += report.runs;
  failed += report.failed.length;
  deaths += report.deaths;
  for (const result of report.failed) console.log(reproductionOf(result));
}
const seconds = (performance.now() - began) / 1000;
console.log(`${runs} runs, ${failed} failed, ${deaths} processes died, ${(runs / seconds).toFixed(0)} runs/s`);
process.exitCode = failed === 0 ? 0 : 1;
