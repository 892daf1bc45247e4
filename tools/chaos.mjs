// Chaos: `npm run chaos [-- --schedules N --minutes M --seed S]`. Random schedules of the crash matrix's workers, then the whole
// installation as processes under a nemesis, on either queue backend. Prints what was measured; exits 1 on any violation.
import { parseArgs } from "node:util";
import build from "../test/e2e/harness/build.ts";
import { printProcessChaos } from "../test/chaos/print.ts";
import { runProcessChaos } from "../test/chaos/process-chaos.ts";
import { hasRedis } from "../test/chaos/redis-server.ts";
import { printSchedules } from "../test/crash/print-schedules.ts";
import { runSchedules } from "../test/crash/schedules.ts";

const { values } = parseArgs({
  options: {
    schedules: { type: "string", default: "10000" },
    minutes: { type: "string", default: "30" },
    seed: { type: "string" },
    lanes: { type: "string", default: "8" },
    queue: { type: "string" },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
console.log(`chaos: seed ${seed}`);

let isWell = true;
const schedules = Number(values.schedules);
if (schedules > 0) {
  const began = performance.now();
  const results = await runSchedules({
    schedules,
    seed,
    lanes: Number(values.lanes),
    onSchedule: ({ seed, violations, phases }) => {
      if (violations.length > 0)
        console.log(
          `VIOLATION schedule ${seed} (${phases.join(", ")}): ${violations.join("; ")} — npm run chaos -- --minutes 0 --schedules 1 --seed ${seed}`,
        );
    },
  });
  isWell = printSchedules(results, (performance.now() - began) / 1000);
}
const minutes = Number(values.minutes);
if (minutes > 0) {
  await build();
  const queues = values.queue !== undefined ? [values.queue] : hasRedis() ? ["postgres", "redis"] : ["postgres"];
  if (!queues.includes("redis") && values.queue === undefined)
    console.log("queue in redis: skipped, no redis-server here");
  for (const queue of queues) {
    const report = await runProcessChaos({ queue, minutes: minutes / queues.length, seed });
    isWell = printProcessChaos(report) && isWell;
  }
}
process.exitCode = isWell ? 0 : 1;
