// The media service under load: relay cost, streams per core, memory, turn overhead, barge-in, answer time, switches (issue 3 §7).
// `--only=relay,steady,capacity,churn,overhead,interruptions,answers,switches,tracing` picks; `--rounds=3` makes fewer of each
// than five, `--quick` one short one.
import { report } from "./measure.ts";
import { capacityFigures } from "./media/capacity.ts";
import { churnFigures } from "./media/churn.ts";
import type { Name } from "./media/contestant.ts";
import { buildLoad } from "./media/load.ts";
import { loadAverage, placement } from "./media/machine.ts";
import { ensurePeers } from "./media/peers.ts";
import { relayFigures, steadyFigures } from "./media/relay.ts";
import { switchFigures } from "./media/switches.ts";
import { tracingFigures } from "./media/tracing.ts";
import { answerFigures, interruptionFigures, overheadFigures } from "./media/turns.ts";

const flags = process.argv.slice(2);
const isQuick = flags.includes("--quick");
const only = flags
  .find((flag) => flag.startsWith("--only="))
  ?.slice("--only=".length)
  .split(",");
const given = Number(flags.find((flag) => flag.startsWith("--rounds="))?.slice("--rounds=".length) ?? 5);
const rounds = isQuick ? 1 : given;

if (process.platform !== "linux") {
  console.log("This benchmark reads /proc and uses epoll: it runs on Linux only.");
  process.exit(0);
}
buildLoad();
const hasPeers = ensurePeers();
const names: Name[] = hasPeers ? ["bare", "ours", "openai-agents"] : ["bare", "ours"];

const parts: Readonly<Record<string, () => Promise<Record<string, number>>>> = {
  relay: async () => ({
    ...(await relayFigures(names, 100, { rounds, seconds: 6 })),
    ...(await relayFigures(names, 200, { rounds, seconds: 6 })),
  }),
  steady: () => steadyFigures({ rounds, seconds: 6 }),
  capacity: () =>
    capacityFigures(
      { bare: 200, ours: 150, ...(hasPeers ? { "openai-agents": 50 } : {}) },
      { rounds: Math.min(rounds, 3), seconds: 4 },
    ),
  churn: () => churnFigures(isQuick ? 1000 : 10_000),
  overhead: () => overheadFigures({ rounds, seconds: isQuick ? 8 : 12, hasLivekit: hasPeers }),
  interruptions: () => interruptionFigures({ rounds: isQuick ? 1 : Math.max(rounds, 4), seconds: 12 }),
  answers: () => answerFigures({ rounds, seconds: 10 }),
  switches: () => switchFigures({ calls: 200, moves: isQuick ? 100 : 1000 }),
  tracing: () => tracingFigures({ rounds, seconds: 8 }),
};

const figures: Record<string, number | string> = { loadAtStart: loadAverage() };
for (const [name, run] of Object.entries(parts)) {
  if (only !== undefined && !only.includes(name)) continue;
  console.log(`── ${name}`);
  Object.assign(figures, await run());
}
console.log(`${placement()}; load average at the end ${loadAverage().toFixed(1)}`);
report("media", { ...figures, placement: placement(), loadAtEnd: loadAverage() });
process.exit(0);
