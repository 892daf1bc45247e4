// The crash matrix: every fault point × every kind of fault × every way through the engine, on a private PostgreSQL.
// `npm run crash-matrix [-- --sample N --seed S --lanes L --only "apply: kill@step.call.after"]`. Prints the matrix, counts and
// violations; exits 1 on any violation, and when a fault struck nothing.
import { parseArgs } from "node:util";
import { printMatrix } from "../test/crash/print.ts";
import { nameOf, runMatrix } from "../test/crash/matrix.ts";

const { values } = parseArgs({
  options: {
    sample: { type: "string" },
    seed: { type: "string" },
    lanes: { type: "string", default: "6" },
    only: { type: "string", default: "" },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const sample = values.sample === undefined ? {} : { sample: Number(values.sample) };
console.log(
  `crash matrix: seed ${seed}${values.sample === undefined ? ", all cells" : `, a sample of ${values.sample}`}`,
);

const began = performance.now();
const report = await runMatrix({
  ...sample,
  only: values.only,
  seed,
  lanes: Number(values.lanes),
  onCell: (cell, { violations, thrown }) => {
    if (violations.length > 0)
      console.log(`VIOLATION ${nameOf(cell)}: ${violations.join("; ")} [${thrown.join(" | ")}]`);
  },
});
process.exitCode = printMatrix(report, (performance.now() - began) / 1000) ? 0 : 1;
