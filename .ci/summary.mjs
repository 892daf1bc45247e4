// The verdict of .ci/run, as the last line: tests from Vitest's own reports, plus one failure per failed step that no
// failed test explains.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [reportFolder, failedFolder] = process.argv.slice(2);
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

const REPORT_OF_STEP = {
  tests: "all",
  "queue-and-engine-on-Redis": "redis",
  "voice-detector-on-onnxruntime-node": "onnx",
  "conformance-with-the-vendors--specifications": "conformance",
  "end-to-end": "e2e",
  "end-to-end--spoken": "spoken",
  "pages-in-a-browser": "browser",
};
const steps = readdirSync(failedFolder);
failed += steps.filter((step) => !explained.has(REPORT_OF_STEP[step])).length;

console.log("");
if (steps.length > 0) console.log(`failed steps: ${steps.join(", ")}`);
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
