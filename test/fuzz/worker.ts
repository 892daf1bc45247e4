// One thread of `npm run fuzz`: does the portions that it is sent and answers what they came to.
import { parentPort } from "node:worker_threads";
import { tryExpressions } from "./expressions.ts";
import { type Portion, runCases } from "./run-cases.ts";
import type { Tally } from "./target.ts";
import { targets } from "./targets.ts";

Error.stackTraceLimit = 5;

parentPort?.on("message", (portion: Portion) => parentPort?.postMessage(tallied(portion), []));

function tallied(portion: Portion): Tally {
  if (portion.target === "expressions") return tryExpressions(portion.seed);
  const target = targets.find(({ name }) => name === portion.target);
  if (target === undefined) throw new Error(`nothing is called ${portion.target}`);
  return runCases(target, portion);
}
