// The verdict of .ci/run, as the last line: tests from Vitest's own reports, plus one failure per failed step that no
// failed test explains.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [reportFolder, failedFolder, logFolder] = process.argv.slice(2);
/** Lines of a failed step's output that are said again at the end: where a long log is cut, it is in the middle. */
const LAST_LINES = 40;
let passed = 0;
let failed = 0;
let skipped = 0;
const explained = new Set();

for (const file of readdirSync(reportFolder)) {
  const report = JSON.parse(readFileSync(join(reportFolder, file), "utf8"));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  if (report.numFailedTests > 0) explained.add(file.replace(".json", ""));
}

const steps = readdirSync(failedFolder);
const reportOf = (step) => readFileSync(join(failedFolder, step), "utf8").trim();
failed += steps.filter((step) => !explained.has(reportOf(step))).length;

for (const step of steps) {
  const lines = readFileSync(join(logFolder, step), "utf8").trimEnd().split("\n");
  console.log(`\n── ${step} failed; the end of what it said:`);
  for (const line of lines.slice(-LAST_LINES)) console.log(`   ${line}`);
}

console.log("");
if (steps.length > 0) console.log(`failed steps: ${steps.join(", ")}`);
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
