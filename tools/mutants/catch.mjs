// Runs a catcher with or without a mutant, in a process of its own.
import { spawn } from "node:child_process";
import { ROOT } from "./apply.mjs";

const NODE = `${ROOT}node_modules/.bin/node`;
const VITEST = `${ROOT}node_modules/vitest/vitest.mjs`;
const HOOK = "./tools/mutants/hook.mjs";
/** Longer than any catcher takes, also on a busy machine. */
const LONGEST_MS = 900_000;

/** Exit code and output of a process; code null: it did not end in time. */
function run(parameters, name, extra = {}) {
  const env = { ...process.env, ...extra, ...(name !== null && { TANDEM_MUTANT: name }) };
  const child = spawn(NODE, parameters, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const pieces = [];
  child.stdout.on("data", (piece) => pieces.push(piece));
  child.stderr.on("data", (piece) => pieces.push(piece));
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output: Buffer.concat(pieces).toString() });
    });
  });
}

/** Whether simulated schedules notice, after how many, and what. */
async function bySchedules(most, name) {
  const { code, output } = await run(
    ["--conditions=@tandem/source", "--import", HOOK, "tools/mutants/schedules.mjs", String(most)],
    name,
  );
  if (code === null) throw new Error(`schedules with "${name}" did not end in time`);
  const line = output.split("\n").find((each) => each.startsWith('{"runs"'));
  if (line === undefined) throw new Error(`schedules with "${name}" ended with ${code}:\n${output.slice(-2000)}`);
  const { runs, broke } = JSON.parse(line);
  return { isCaught: broke !== null, after: `${runs} seeds`, how: broke ?? "" };
}

/** Whether a test fails that otherwise passes. A run in which no test ran at all proves nothing. */
async function byTests(tests, name) {
  const [project, ...files] = tests.split(" ");
  const { code, output } = await run(
    [VITEST, "run", "--config", "tools/mutants/vitest.config.ts", "--project", project, ...files, "--bail", "1"],
    name,
    { NODE_OPTIONS: `--import ${HOOK}`, NO_COLOR: "1", CI: "true" },
  );
  const counts = /^\s+Tests\s+(.+)$/m.exec(output)?.[1] ?? "";
  const failed = / FAIL +(.+)$/m.exec(output)?.[1] ?? "";
  const isCaught = code !== 0;
  if (!/\d+ (passed|failed)/.test(counts) && !failed.includes(".test.ts"))
    throw new Error(`tests with "${name}" (${tests}) did not run:\n${output.slice(-2000)}`);
  return { isCaught, after: counts.replace(/\s*\(\d+\)$/, ""), how: failed.replace(/^\|?\w*\|?\s*/, "") };
}

/** What a catcher says of a mutant; of the code as it is when `name` is null. */
export const noticed = (catcher, name) =>
  catcher.seeds === undefined ? byTests(catcher.test, name) : bySchedules(catcher.seeds, name);
