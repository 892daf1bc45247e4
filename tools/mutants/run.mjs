// Takes mechanisms out of the real source, one at a time, and shows that each is noticed:
//   npm run mutants                                  all
//   npm run mutants -- --only "no fence"             one
//   npm run mutants -- --sample 8 [--seed 42]        some, drawn by a seed that is printed
// Each catcher is first run on the code as it is and must find nothing. Exits 1 when a mutant lives or a catcher cries wolf.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { mutatedFiles } from "./apply.mjs";
import { noticed } from "./catch.mjs";
import { mutants } from "./catalogue.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    sample: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    jobs: { type: "string", default: String(availableParallelism()) },
  },
});

/** Runs work on all items, so many at a time. */
async function each(items, jobs, work) {
  const rest = [...items];
  const take = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: jobs }, take));
}

/** Some of the list, decided by a number. */
function sampled(list, count, seed) {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296;
  return list
    .map((item) => ({ item, rank: next() }))
    .toSorted((left, right) => left.rank - right.rank)
    .slice(0, count)
    .map(({ item }) => item);
}

function chosen() {
  if (values.only !== undefined) return mutants.filter(({ name }) => name.includes(values.only));
  if (values.sample === undefined) return mutants;
  console.log(
    `sample of ${values.sample} by seed ${values.seed} (repeat with --sample ${values.sample} --seed ${values.seed})`,
  );
  return sampled(mutants, Number(values.sample), Number(values.seed));
}

/** The catchers of some mutants without repetition: schedules once, a project's test files together. */
function distinct(list) {
  const files = new Map();
  for (const { catcher } of list) {
    const [project, ...tests] = catcher.test?.split(" ") ?? ["schedules"];
    files.set(project, new Set([...(files.get(project) ?? []), ...tests]));
  }
  return [...files].map(([project, tests]) =>
    project === "schedules" ? { seeds: 300 } : { test: [project, ...tests].join(" ") },
  );
}

const list = chosen();
for (const mutant of mutants) mutatedFiles(mutant); // all must fit, chosen or not
const jobs = Number(values.jobs);
const wrong = [];
const began = performance.now();
await each(distinct(list), jobs, async (catcher) => {
  let { isCaught, how } = await noticed(catcher, null);
  if (isCaught) {
    console.log(`${JSON.stringify(catcher)} finds something without a mutant, once more: ${how}`); // a machine that starves it
    ({ isCaught, how } = await noticed(catcher, null));
  }
  if (isCaught) wrong.push(`${JSON.stringify(catcher)} finds something without a mutant: ${how}`);
});
let caught = 0;
await each(list, jobs, async ({ name, catcher }) => {
  const since = performance.now();
  const { isCaught, after, how } = await noticed(catcher, name);
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const by = catcher.test ?? "schedules";
  console.log(
    `${isCaught ? "caught" : "LIVES "} ${name.padEnd(52)} ${by}: ${after}, ${seconds} s${how === "" ? "" : ` (${how.slice(0, 110)})`}`,
  );
  if (isCaught) caught += 1;
  else wrong.push(`"${name}" lives`);
});
for (const line of wrong) console.log(line);
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(`${list.length} mutants, ${caught} caught, in ${seconds} s`);
process.exitCode = wrong.length === 0 ? 0 : 1;
