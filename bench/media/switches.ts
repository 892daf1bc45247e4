// Figure 8: calls in progress while the pointer moves a thousand times, and where new calls go meanwhile.
import { bar } from "../measure.ts";
import { callIdOf } from "./carrier.ts";
import { Contestant } from "./contestant.ts";
import { Load } from "./load.ts";
import { loadAverage, sleep } from "./machine.ts";
import { TURNS } from "./settings.ts";

const SETTLE_MS = 5000;
const MOVE_EACH_MS = 20;
const CALL_EACH_MOVES = 20;

export async function switchFigures(plan: {
  readonly calls: number;
  readonly moves: number;
}): Promise<Record<string, number>> {
  const load = await Load.start(TURNS);
  const server = await Contestant.start("ours", load);
  try {
    await server.openUntil(plan.calls);
    await sleep(SETTLE_MS);
    load.begin();
    await sleep(plan.moves * MOVE_EACH_MS);
    const still = await load.print();
    load.begin();
    const expected = await moveAndCall(server, plan.moves);
    const moving = await load.print();
    await sleep(SETTLE_MS); // the last new calls are greeted
    const { mixed, dropped } = await load.print();
    const heard = await load.releases();
    const astray = [...expected].filter(([id, release]) => heard[id] !== release).length;
    console.log(
      `${plan.calls} calls and ${expected.size} new ones during ${plan.moves} moves: ${moving.turns} turns, gap p99 ${moving.gap.p99.toFixed(1)} max ${moving.gap.max.toFixed(1)} ms (without moves ${still.gap.p99.toFixed(1)} max ${still.gap.max.toFixed(1)}), answers p95 ${moving.answer.p95.toFixed(1)} (${still.answer.p95.toFixed(1)}) ms  load ${loadAverage().toFixed(1)}`,
    );
    console.log(bar("8 · calls dropped", dropped, "≤", 0, "calls"));
    console.log(bar("8 · signs of two releases in one call", mixed, "≤", 0, "frames"));
    console.log(bar("8 · silence inside an utterance p99", moving.gap.p99, "≤", 60, "ms"));
    console.log(bar("8 · new calls on another release than the pointer's", astray, "≤", 0, "calls"));
    return { switchDropped: dropped, mixed, gapP99Ms: moving.gap.p99, stillGapP99Ms: still.gap.p99, astray };
  } finally {
    await server.stop();
    load.stop();
  }
}

/** Moves the pointer to and fro; every so often a new call comes in. Call id → the release that the node answered by. */
async function moveAndCall(server: Contestant, moves: number): Promise<ReadonlyMap<string, "blue" | "green">> {
  const expected = new Map<string, "blue" | "green">();
  for (let move = 0; move < moves; move += 1) {
    const release = move % 2 === 0 ? "green" : "blue";
    await server.moveTo(release);
    if (move % CALL_EACH_MOVES === Math.floor(move / CALL_EACH_MOVES) % 2) {
      expected.set(callIdOf(server.calls), release);
      await server.open();
    }
    await sleep(MOVE_EACH_MS);
  }
  return expected;
}
