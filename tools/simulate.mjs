// Runs seeded simulations of the engine on all cores:
//   npm run sim -- --seeds 100000 [--from 1] [--jobs 2]              all kept seeds first, then these
//   npm run sim -- --seed 42 [--trace]                               one run; with its history
// Prints one line that repeats each failing run, then what the runs came to; exits 1 when an invariant broke.
// A failing seed is appended to libs/testkit/src/simulator/kept-seeds.json and from then on always tried first.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { keepSeeds, keptSeeds } from "../libs/testkit/src/simulator/kept-seeds.ts";

const PORTION = 250;
const WORKER = new URL("simulate-worker.mjs", import.meta.url);

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    jobs: { type: "string", default: String(availableParallelism()) },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

/** Portions of seeds in the order in which workers take them: the kept ones, then the asked ones. */
function portionsOf(from, count) {
  const kept = keptSeeds().map(({ seed }) => seed);
  const portions = kept.length === 0 ? [] : [{ seeds: kept }];
  for (let first = from; first < from + count; first += PORTION)
    portions.push({ first, count: Math.min(PORTION, from + count - first) });
  return portions;
}

/** One worker that takes portions until none is left; tells `onReport` of each. */
function work(portions, onReport) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, {
      execArgv: ["--conditions=@tandem/source"],
      resourceLimits: { maxYoungGenerationSizeMb: 32 },
    });
    const next = () => {
      const portion = portions.shift();
      if (portion !== undefined) return worker.postMessage(portion, []);
      resolve();
      return void worker.terminate();
    };
    worker.on("message", (report) => {
      onReport(report);
      next();
    });
    worker.on("error", reject);
    next();
  });
}

async function runAll() {
  const [from, count, jobs] = [values.from, values.seeds, values.jobs].map(Number);
  const total = { runs: 0, calls: 0, failed: [], deathsAt: new Map(), endings: new Map() };
  const add = (into, counts) => counts.forEach(([name, times]) => into.set(name, (into.get(name) ?? 0) + times));
  const began = performance.now();
  const portions = portionsOf(from, count);
  console.log(`seeds ${from} to ${from + count - 1} and ${keptSeeds().length} kept ones, ${jobs} at a time`);
  const onReport = (report) => {
    total.runs += report.runs;
    total.calls += report.calls;
    total.failed.push(...report.failed);
    add(total.deathsAt, report.deathsAt);
    add(total.endings, report.endings);
    for (const { line } of report.failed) console.log(line);
  };
  await Promise.all(Array.from({ length: jobs }, () => work(portions, onReport)));
  summarize(total, (performance.now() - began) / 1000);
  if (total.failed.length > 0) keepSeeds(total.failed, new Date().toISOString().slice(0, 10));
  return total.failed.length;
}

function summarize({ runs, calls, failed, deathsAt, endings }, seconds) {
  const list = (counts) =>
    [...counts]
      .toSorted(([, left], [, right]) => right - left)
      .map(([name, times]) => `${name} ${times}`)
      .join(", ");
  const deaths = [...deathsAt.values()].reduce((sum, times) => sum + times, 0);
  console.log(`processes died ${deaths} times: ${list(deathsAt)}`);
  console.log(`rollouts: ${list(endings)}`);
  const rate = (runs / seconds).toFixed(0);
  console.log(
    `${runs} schedules in ${seconds.toFixed(0)} s (${rate}/s), ${calls} calls answered, ${failed.length} violations`,
  );
}

async function runOne(seed) {
  const { hookFaultPoints, simulate } = await import("../libs/testkit/src/simulator/trace.ts");
  const { storyOf } = await import("../libs/testkit/src/simulator/trace.ts");
  hookFaultPoints();
  const result = await simulate(seed);
  if (values.trace) console.log(storyOf(result.history).join("\n"));
  console.log(`seed ${seed}: ${result.endings.join("; ")}; died at ${result.deaths.join(", ") || "nothing"}`);
  for (const { invariant, detail } of result.violations) console.log(`${invariant} ${detail}`);
  console.log(`1 schedule, ${result.violations.length} violations`);
  return result.violations.length;
}

const broken = values.seed === undefined ? await runAll() : await runOne(Number(values.seed));
process.exitCode = broken === 0 ? 0 : 1;
