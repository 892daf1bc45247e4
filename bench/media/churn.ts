// Figure 3, second half: resident memory after 10,000 calls against the level after the first 1,000.
import { bar } from "../measure.ts";
import { callIdOf, reportEnd, ring } from "./carrier.ts";
import { Contestant } from "./contestant.ts";
import { Load } from "./load.ts";
import { loadAverage, rssBytes, sleep } from "./machine.ts";
import { TURNS } from "./settings.ts";

const AT_ONCE = 20;
const CALL_MS = 150;
const SETTLE_MS = 3000;
/** The calendar goes so much faster that the calls fill an hour, as sessions are kept for ten minutes after their end. */
const HASTE = 30;

async function oneCall(load: Load, port: number, index: number): Promise<void> {
  const connected = await ring(port, index);
  if (connected === null) throw new Error(`call ${index} was not taken`);
  load.call(connected.path, callIdOf(index), connected.parameters);
  await sleep(CALL_MS);
  load.end(callIdOf(index));
  await reportEnd(port, index);
}

export async function churnFigures(calls: number): Promise<Record<string, number>> {
  const load = await Load.start(TURNS);
  const server = await Contestant.start("ours", load, { TANDEM_BENCH_HASTE: String(HASTE) });
  let next = 0;
  const upTo = async (last: number): Promise<number> => {
    const lane = async () => {
      while (next < last) await oneCall(load, server.port, next++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    await sleep(SETTLE_MS);
    return rssBytes(server.pid) / 2 ** 20;
  };
  try {
    const startedMs = performance.now();
    const first = await upTo(calls / 10);
    const last = await upTo(calls);
    const { dropped } = await load.print();
    console.log(
      `${first.toFixed(0)} MB after ${calls / 10} calls, ${last.toFixed(0)} MB after ${calls}, ${dropped} dropped, in ${((performance.now() - startedMs) / 1000).toFixed(0)} s  load ${loadAverage().toFixed(1)}`,
    );
    console.log(bar(`3 · memory after ${calls} calls / after ${calls / 10}`, last / first, "≤", 1.05));
    return { rssMbFirst: first, rssMbLast: last, droppedCalls: dropped };
  } finally {
    await server.stop();
    load.stop();
  }
}
