import { Contestant, type Name } from "./contestant.ts";
import { Load, type Window } from "./load.ts";
import { cpuNs, rssBytes, sleep } from "./machine.ts";
import { RELAY } from "./settings.ts";

const SETTLE_MS = 3500;
/** A load that is itself later than this measures the machine. */
export const LATEST_MS = 5;

/** What one server did with so many streams. */
export interface RelayRun {
  readonly window: Window;
  /** CPU time per second of one stream, microseconds; all threads. */
  readonly cpuUs: number;
  /** Share of one core. */
  readonly coreRatio: number;
  readonly rssKb: number;
}

/** One server relays `streams` for `seconds`. Null when the load was late or the server did not take all: such a run says nothing. */
export async function relayRun(
  name: Name,
  streams: number,
  seconds: number,
  settings: Readonly<Record<string, number>> = RELAY,
): Promise<RelayRun | null> {
  const load = await Load.start(settings);
  const server = await Contestant.start(name, load, { TANDEM_BENCH_ENGINE: "relay" });
  try {
    await sleep(1000);
    const idleBytes = rssBytes(server.pid);
    const areTaken = await server.openUntil(streams);
    await sleep(SETTLE_MS);
    const measured = await measure(server, load, streams, seconds);
    const rssKb = (rssBytes(server.pid) - idleBytes) / 1024 / streams;
    return areTaken && measured.window.late.p99 <= LATEST_MS ? { ...measured, rssKb } : null;
  } finally {
    await server.stop();
    load.stop();
  }
}

/** CPU and window of what goes on right now. */
export async function measure(
  server: Contestant,
  load: Load,
  streams: number,
  seconds: number,
): Promise<Omit<RelayRun, "rssKb">> {
  load.begin();
  const [startedMs, before] = [performance.now(), cpuNs(server.pid)];
  await sleep(seconds * 1000);
  const [spentNs, passedMs] = [cpuNs(server.pid) - before, performance.now() - startedMs];
  const window = await load.print();
  const coreRatio = spentNs / 1e6 / passedMs;
  return { window, coreRatio, cpuUs: (coreRatio * 1e6) / streams };
}

export const lostIn = ({ lostUp, lostDown, dropped }: Window): number => lostUp + lostDown + dropped;
