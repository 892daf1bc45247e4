// Preloaded into a worker that a test keeps ready: loads what the worker loads, then waits for the word to begin. Every
// line of standard input is JSON: `{"begin": true}` lets the app start, `{"fault": "<point>#<n>"}` makes the process kill
// itself at the n-th passing of that journal boundary from now on, as TANDEM_FAULT does from the start.
import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setFaultHook } from "@tandem/kernel";

const app = pathToFileURL(join(process.cwd(), "apps/worker/dist/"));
for (const part of ["parts.js", "worker.module.js"]) await import(new URL(part, app).href);
flushCompileCache(); // a process that is killed does not do it

function arm(setting) {
  const [point, count = "1"] = setting.split("#");
  let passings = 0;
  setFaultHook((passed) => {
    if (passed === point && ++passings === Number(count)) process.kill(process.pid, "SIGKILL");
  });
}

await new Promise((resolve) => {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const { begin, fault } = JSON.parse(line);
    if (fault !== undefined) arm(fault);
    if (begin === true) resolve();
  });
});
process.stdin.unref();
