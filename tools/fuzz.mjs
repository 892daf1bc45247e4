// Makes up input of every kind that comes from outside, and judges what becomes of it:
//   npm run fuzz [-- --share 0.1] [--only manifests|rest|webhooks|tickets|plans|settings|expressions] [--seed S] [--jobs 2]
// Cases that once failed (test/fuzz/corpus) are tried first. Prints a paragraph for each target and, last, the number of violations;
// a case that shows a new one is made as small as it gets and kept. Exits 1 on any.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { keep } from "../test/fuzz/corpus.ts";
import { printTally } from "../test/fuzz/print.ts";
import { addTally, emptyTally } from "../test/fuzz/target.ts";

/** Cases of the full form. */
const FULL = {
  rest: 200_000,
  manifests: 1_000_000,
  webhooks: 100_000,
  tickets: 100_000,
  plans: 100_000,
  settings: 100_000,
};
const PORTION = 2000;
/** What a thread that reads manifests may hold beyond its own code: a document that needs more ends the thread, and the run. */
const HEAP_MB = 64 + 96;
const HOOKS = new URL("ts-hooks.mjs", import.meta.url);

const { values } = parseArgs({
  options: {
    share: { type: "string", default: "1" },
    only: { type: "string" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    jobs: { type: "string", default: String(availableParallelism()) },
  },
});
const [share, seed, jobs] = [values.share, values.seed, values.jobs].map(Number);
const isAsked = (name) => values.only === undefined || values.only === name;

/** Portions of all targets that need no server, kept cases first. */
function portions() {
  const names = Object.keys(FULL).filter((name) => name !== "rest" && isAsked(name));
  const cases = names.flatMap((target) => {
    const total = Math.ceil(FULL[target] * share);
    const from = Array.from({ length: Math.ceil(total / PORTION) }, (_, at) => at * PORTION);
    return from.map((first) => ({ target, seed, first, count: Math.min(PORTION, total - first) }));
  });
  const kept = names.map((target) => ({ target, seed, first: 0, count: 0, isCorpus: true }));
  return [...kept, ...(isAsked("expressions") ? [{ target: "expressions", seed }] : []), ...cases];
}

/** A thread that answers each message with one. */
function thread(file, options) {
  const worker = new Worker(new URL(file, import.meta.url), options);
  let fail = () => undefined;
  worker.on("error", (error) => fail(error));
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        worker.once("message", resolve);
        fail = reject;
        worker.postMessage(message, []);
      }),
    end: () => worker.terminate(),
  };
}

async function work(left, tallies) {
  const options = { execArgv: ["--conditions=@tandem/source"], resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } };
  const one = thread("../test/fuzz/worker.ts", options);
  for (let portion = left.shift(); portion !== undefined; portion = left.shift()) {
    tallies[portion.target] ??= emptyTally();
    addTally(tallies[portion.target], await one.ask(portion));
  }
  await one.end();
}

async function askApi(tallies) {
  const one = thread("../test/fuzz/rest/worker.ts", {
    execArgv: ["--conditions=@tandem/source", "--import", HOOKS.href],
  });
  const { requests, abuse } = await one.ask({ seed, count: Math.ceil(FULL.rest * share) });
  tallies.rest = requests;
  tallies["rest: routes × roles × owners"] = abuse;
  await one.end();
}

console.log(`fuzz: seed ${seed}, share ${share}`);
const began = performance.now();
const tallies = {};
const left = portions();
const threads = Math.max(1, isAsked("rest") ? jobs - 1 : jobs);
const lanes = left.length === 0 ? [] : Array.from({ length: threads }, () => work(left, tallies));
// once the API has answered, its processor helps with the rest
const api = isAsked("rest")
  ? askApi(tallies).then(() => (jobs > 1 && left.length > 0 ? work(left, tallies) : undefined))
  : undefined;
await Promise.all([...lanes, api]);

const violations = Object.values(tallies).flatMap(({ failures }) => failures);
for (const [name, tally] of Object.entries(tallies)) printTally(name, tally);
for (const failure of violations)
  if (failure.given !== null && failure.origin !== null && failure.target !== "expressions")
    console.log(`kept as ${keep(failure)}`);
const cases = Object.values(tallies).reduce((sum, tally) => sum + tally.cases, 0);
console.log(`${cases} cases in ${((performance.now() - began) / 1000).toFixed(0)} s, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
