// Figures 4 to 7: what a turn costs beyond its providers' own times, with the whole node and its conversation engine.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { bar, median, quantile } from "../measure.ts";
import { Contestant } from "./contestant.ts";
import { Load, type Window } from "./load.ts";
import { apart, loadAverage, pinned, SERVER_FLAGS, sleep } from "./machine.ts";
import { LATEST_MS } from "./relay-run.ts";
import { INTERRUPTIONS, OWN_SUM_MS, TURNS } from "./settings.ts";

const SETTLE_MS = 5000;
const MOST_TRIES = 3;

/** `calls` conversations for `seconds`; a run with a late load is made again, the last one stands. */
async function conversations(
  settings: Readonly<Record<string, number>>,
  run: { readonly calls: number; readonly seconds: number; readonly isSpeculative: boolean },
): Promise<Window> {
  for (let attempt = 1; ; attempt += 1) {
    const load = await Load.start(settings);
    const server = await Contestant.start("ours", load, { TANDEM_BENCH_SPECULATIVE: run.isSpeculative ? "yes" : "no" });
    try {
      await server.openUntil(run.calls);
      await sleep(SETTLE_MS);
      load.begin();
      await sleep(run.seconds * 1000);
      const window = await load.print();
      if (window.late.p99 <= LATEST_MS || attempt === MOST_TRIES) {
        if (window.late.p99 > LATEST_MS) console.log(`the load was late: p99 ${window.late.p99.toFixed(1)} ms`);
        return window;
      }
    } finally {
      await server.stop();
      load.stop();
    }
  }
}

/** Answer times of `@livekit/agents` at so many sessions, milliseconds. */
async function livekit(calls: number, seconds: number): Promise<number[]> {
  const program = fileURLToPath(new URL("servers/livekit.mjs", import.meta.url));
  const flags = [...process.execArgv, ...SERVER_FLAGS, program, String(calls), String(seconds)];
  const [command, args] = pinned(0, process.execPath, flags);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  apart(child);
  const stdout = await text(child.stdout);
  return (JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as { taken: number[] }).taken;
}

const overheads = (window: Window): string =>
  `p50 ${(window.answer.p50 - OWN_SUM_MS).toFixed(2)}  p95 ${(window.answer.p95 - OWN_SUM_MS).toFixed(2)}  p99 ${(window.answer.p99 - OWN_SUM_MS).toFixed(2)} ms of ${window.answer.n} turns, ${window.repairs} unanswered`;

const middle = (windows: readonly Window[], of: (window: Window) => number): number => median(windows.map(of));

/** Figures 4 and 5. */
export async function overheadFigures(plan: {
  readonly rounds: number;
  readonly seconds: number;
  readonly hasLivekit: boolean;
}): Promise<Record<string, number>> {
  const windows: Record<50 | 200, Window[]> = { 50: [], 200: [] };
  const peer: number[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const calls of [50, 200] as const) {
      const window = await conversations(TURNS, { calls, seconds: plan.seconds, isSpeculative: true });
      windows[calls].push(window);
      console.log(`ours, ${calls} calls: overhead ${overheads(window)}  load ${loadAverage().toFixed(1)}`);
    }
    if (!plan.hasLivekit) continue;
    const taken = await livekit(50, plan.seconds);
    peer.push(quantile(taken, 0.95) - OWN_SUM_MS);
    console.log(
      `livekit, 50 sessions: overhead p50 ${(median(taken) - OWN_SUM_MS).toFixed(2)}  p95 ${peer.at(-1)?.toFixed(2)} ms of ${taken.length} turns  load ${loadAverage().toFixed(1)}`,
    );
  }
  const at50 = middle(windows[50], ({ answer }) => answer.p95) - OWN_SUM_MS;
  const at200 = middle(windows[200], ({ answer }) => answer.p95) - OWN_SUM_MS;
  const token = middle(windows[50], (window) => window.token.p95);
  const audio = middle(windows[50], (window) => window.audio.p95);
  console.log(bar("4 · turn overhead p95 at 50 calls", at50, "≤", 6, "ms"));
  if (plan.hasLivekit)
    console.log(bar("4 · turn overhead p95 at 50 / @livekit/agents", at50 / median(peer), "≤", 0.15));
  console.log(bar("4 · turn overhead p95 at 200 calls", at200, "≤", 8, "ms"));
  console.log(bar("5 · token → text to be spoken p95", token, "≤", 1, "ms"));
  console.log(bar("5 · first audio → media frame p95", audio, "≤", 1, "ms"));
  const livekitMs = plan.hasLivekit ? { livekitOverheadP95Ms: median(peer) } : {};
  return { overhead50P95Ms: at50, overhead200P95Ms: at200, tokenP95Ms: token, audioP95Ms: audio, ...livekitMs };
}

/** Figure 6. */
export async function interruptionFigures(plan: {
  readonly rounds: number;
  readonly seconds: number;
}): Promise<Record<string, number>> {
  const windows: Window[] = [];
  for (let round = 0; round < plan.rounds; round += 1)
    windows.push(await conversations(INTERRUPTIONS, { calls: 50, seconds: plan.seconds, isSpeculative: true }));
  const interruptions = windows.reduce((sum, window) => sum + window.interruptions, 0);
  const stale = windows.reduce((sum, window) => sum + window.stale, 0);
  const p50 = middle(windows, ({ clear }) => clear.p50);
  const p99 = middle(windows, ({ clear }) => clear.p99);
  const cancelled = Math.max(
    middle(windows, ({ voiceCancel }) => voiceCancel.p99),
    middle(windows, ({ modelCancel }) => modelCancel.p99),
  );
  const modelCancels = windows.reduce((sum, { modelCancel }) => sum + modelCancel.n, 0);
  console.log(`${interruptions} interruptions, ${modelCancels} completions cut off  load ${loadAverage().toFixed(1)}`);
  console.log(bar("6 · barge-in → clear p50", p50, "≤", 0.25, "ms"));
  console.log(bar("6 · barge-in → clear p99", p99, "≤", 4, "ms"));
  console.log(bar(`6 · stale frames in ${interruptions} interruptions`, stale, "≤", 0, "frames"));
  console.log(bar("6 · providers cancelled p99", cancelled, "≤", 5, "ms"));
  return { interruptions, stale, clearP50Ms: p50, clearP99Ms: p99, cancelledP99Ms: cancelled };
}

/** Figure 7. */
export async function answerFigures(plan: {
  readonly rounds: number;
  readonly seconds: number;
}): Promise<Record<string, number>> {
  const windows: Record<"with" | "without", Window[]> = { with: [], without: [] };
  for (let round = 0; round < plan.rounds; round += 1)
    for (const kind of ["with", "without"] as const) {
      const run = { calls: 100, seconds: plan.seconds, isSpeculative: kind === "with" };
      windows[kind].push(await conversations(TURNS, run));
    }
  const withIt = middle(windows.with, ({ answer }) => answer.p95);
  const without = middle(windows.without, ({ answer }) => answer.p95);
  const answers = windows.with.reduce((sum, { answer }) => sum + answer.n, 0);
  console.log(`${answers} answers with speculation at 100 calls  load ${loadAverage().toFixed(1)}`);
  console.log(bar("7 · end of speech → first audio p95 at 100 calls", withIt, "≤", 300, "ms"));
  console.log(`without speculation: p95 ${without.toFixed(1)} ms`);
  return { answerP95Ms: withIt, answerWithoutSpeculationP95Ms: without };
}
