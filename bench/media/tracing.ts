// Figure 8, second half: what it costs that every call is a trace, sent to a collector.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bar, median } from "../measure.ts";
import { Contestant } from "./contestant.ts";
import { Load } from "./load.ts";
import { loadAverage, sleep } from "./machine.ts";
import { measure } from "./relay-run.ts";
import { TURNS } from "./settings.ts";

const CALLS = 50;
const SETTLE_MS = 4000;

/** A collector that takes everything; `bytes` counts it. */
async function openCollector(): Promise<{ readonly url: string; bytes: number; close(): void }> {
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => (collector.bytes += chunk.length));
    request.on("end", () => response.setHeader("content-type", "application/json").end("{}"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const collector = { url, bytes: 0, close: () => void server.close() };
  return collector;
}

/** CPU time per second of one call, microseconds. */
async function cpuOf(seconds: number, tracesUrl: string): Promise<number> {
  const load = await Load.start(TURNS);
  const server = await Contestant.start("ours", load, { TANDEM_BENCH_TRACES_URL: tracesUrl });
  try {
    await server.openUntil(CALLS);
    await sleep(SETTLE_MS);
    return (await measure(server, load, CALLS, seconds)).cpuUs;
  } finally {
    await server.stop();
    load.stop();
  }
}

export async function tracingFigures(plan: {
  readonly rounds: number;
  readonly seconds: number;
}): Promise<Record<string, number>> {
  const collector = await openCollector();
  const [traced, untraced]: [number[], number[]] = [[], []];
  for (let round = 0; round < plan.rounds; round += 1) {
    untraced.push(await cpuOf(plan.seconds, ""));
    traced.push(await cpuOf(plan.seconds, collector.url));
  }
  collector.close();
  if (collector.bytes === 0) throw new Error("no span has reached the collector");
  const ratio = median(traced) / median(untraced);
  console.log(`${(collector.bytes / 1024).toFixed(0)} KB of spans  load ${loadAverage().toFixed(1)}`);
  console.log(bar(`8 · CPU with every call traced / with none, ${CALLS} calls`, ratio, "≤", 1.05));
  return { tracedOverUntraced: ratio };
}
