// Preloaded into a worker that a test keeps ready: loads what the worker loads, then waits for the word to begin, which
// is one line of JSON on standard input: variables to set before the app reads its configuration.
import { createInterface } from "node:readline";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const app = pathToFileURL(join(process.cwd(), "apps/worker/dist/"));
for (const part of ["parts.js", "worker.module.js"]) await import(new URL(part, app).href);
const lines = createInterface({ input: process.stdin });
const [line] = await new Promise((resolve) => {
  lines.once("line", (text) => resolve([text]));
  lines.once("close", () => resolve(["{}"]));
});
lines.close();
process.stdin.destroy();
Object.assign(process.env, JSON.parse(line));
