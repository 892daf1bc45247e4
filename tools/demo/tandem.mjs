// The command line as a person uses it, and the API for looking closely.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { workspaceRoot } from "../projects.mjs";
import { nodePath } from "../up/processes.mjs";

const program = join(workspaceRoot, "apps/cli/bin/tandem.mjs");

/** Runs `tandem …`, shows what it prints, and fails when its exit code is not the expected one. */
export async function tandem(environment, words, { expect = [0], isQuiet = false } = {}) {
  if (!isQuiet) console.log(`\n  $ tandem ${words.join(" ")}`);
  const colour = process.stdout.isTTY ? {} : { NO_COLOR: "1" };
  const child = spawn(nodePath, [program, ...words], {
    cwd: workspaceRoot,
    env: { ...environment, ...colour },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const show = (chunk, to) => {
    if (!isQuiet) to.write(String(chunk).replaceAll(/^(?=.)/gm, "  "));
  };
  child.stdout.on("data", (chunk) => ((output += chunk), show(chunk, process.stdout)));
  child.stderr.on("data", (chunk) => show(chunk, process.stderr));
  const [code] = await once(child, "close");
  if (!expect.includes(code))
    throw new Error(`tandem ${words.join(" ")} answered ${code} instead of ${expect.join(" or ")}`);
  return output;
}

/** GET of the API as the demo tenant. */
export async function read(environment, path) {
  const response = await fetch(`${environment.TANDEM_URL}${path}`, {
    headers: { authorization: `Bearer ${environment.TANDEM_API_KEY}` },
  });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
