// All proofs in their full forms, one after the other: `npm run proof:nightly [-- --only sim,fuzz --share 0.01]`. Prints what each
// prints, then one table with counts, violations and durations; exits 1 when one failed or is not there. `--share` makes all that
// has a size smaller, to see that the night will work.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { nightTable, outcomeOf } from "./proof-table.mjs";
import { workspaceRoot } from "./projects.mjs";

const { values } = parseArgs({ options: { only: { type: "string" }, share: { type: "string", default: "1" } } });
const share = Number(values.share);
if (!(share > 0 && share <= 1)) {
  console.error(`--share ${values.share} is not between 0 and 1`);
  process.exit(1);
}
const sized = (full) => String(Math.max(1, Math.ceil(full * share)));
const sample = (most) => (share === 1 ? [] : ["--sample", String(Math.max(8, Math.ceil(most * share)))]);

/** Name, npm script and its arguments. */
const PROOFS = [
  ["sim", "sim", ["--seeds", sized(1_000_000)]],
  ["mutants", "mutants", sample(80)],
  ["crash matrix", "crash-matrix", sample(850)],
  ["chaos: schedules", "chaos", ["--schedules", sized(10_000), "--minutes", "0"]],
  ["chaos: processes", "chaos", ["--schedules", "0", "--minutes", String(30 * share)]],
  ["fuzz", "fuzz", share === 1 ? [] : ["--share", String(share)]],
  ["upgrade", "upgrade-test", ["--seconds", sized(300)]],
];
const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** Runs one npm script, shows what it prints, and answers its exit code, its text and how long it took. */
function run(script, args) {
  const began = performance.now();
  const child = spawn("npm", ["run", "--silent", script, "--", ...args], {
    cwd: workspaceRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])
    from.on("data", (chunk) => {
      text += chunk;
      to.write(chunk);
    });
  return new Promise((resolve) => {
    const done = (code) => resolve({ code, text, seconds: (performance.now() - began) / 1000 });
    child.on("close", done);
    child.on("error", (error) => {
      text += error.message;
      done(1);
    });
  });
}

const chosen = values.only?.split(",");
const rows = [];
for (const [name, script, args] of PROOFS) {
  if (chosen !== undefined && !chosen.includes(script)) continue;
  console.log(`\n── ${name}: npm run ${script} -- ${args.join(" ")}`);
  const result =
    scripts[script] === undefined
      ? { code: 1, text: `there is no script ${script}`, seconds: 0 }
      : await run(script, args);
  rows.push({ name, ...result, ...outcomeOf(name, result) });
}
console.log(`\n${nightTable(rows)}`);
process.exit(rows.length > 0 && rows.every(({ isWell }) => isWell) ? 0 : 1);
