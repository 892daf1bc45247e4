// Where processes run, and what they use.
import { type ChildProcess, execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

const canPin = ((): boolean => {
  try {
    execFileSync("taskset", ["-c", "1", "true"], { stdio: "ignore" });
    return availableParallelism() > 1;
  } catch {
    return false;
  }
})();

/** The command on one core: the server under test on core 0, its load on core 1. As it is where cores cannot be chosen. */
export const pinned = (core: 0 | 1, command: string, args: readonly string[]): [string, string[]] =>
  canPin ? ["taskset", ["-c", String(core), command, ...args]] : [command, [...args]];

/** For every server alike: on a core of its own the collector's threads would only wait for each other. */
export const SERVER_FLAGS: readonly string[] = canPin ? ["--single-threaded-gc"] : [];

let isPreferred = false;
const children = new Set<ChildProcess>();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/** Puts a process that leads its own session before the machine's other work, where that is allowed; ends it with this one. */
export function apart(child: ChildProcess): void {
  children.add(child);
  child.once("exit", () => children.delete(child));
  try {
    writeFileSync(`/proc/${child.pid}/autogroup`, "-20");
    isPreferred = true;
  } catch {
    isPreferred = false;
  }
}

/** How runs were placed, for the record. */
export const placement = (): string =>
  `${canPin ? "server on core 0, load on core 1" : "cores not chosen"}, ${isPreferred ? "both in scheduling groups of a high weight" : "at the ordinary priority"}`;

export const loadAverage = (): number => loadavg()[0] ?? Number.NaN;

/** CPU time of all threads so far, nanoseconds: utime's ticks lie at low load. */
export function cpuNs(pid: number): number {
  let total = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "latin1").split(" ", 1)[0]);
    } catch {
      // the thread has just ended; what it used is not this window's
    }
  }
  return total;
}

const PAGE_BYTES = 4096;

/** Resident memory, bytes. */
export const rssBytes = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]) * PAGE_BYTES;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
