// Child processes of the launcher: start, wait until ready, stop.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { workspaceRoot } from "../projects.mjs";

const PATIENCE_MS = 15_000; // from SIGTERM to SIGKILL
const READY_WITHIN_MS = 60_000;
const pinned = join(workspaceRoot, "node_modules/.bin/node");

/** The pinned Node, also when the launcher itself was started by another one. */
export const nodePath = process.platform !== "win32" && existsSync(pinned) ? pinned : process.execPath;

/** Runs a Node program of the workspace to its end; fails with `failure` when it fails. */
export async function run(script, args, failure, environment = process.env) {
  const child = spawn(nodePath, [join(workspaceRoot, script), ...args], {
    cwd: workspaceRoot,
    stdio: ["ignore", "inherit", "inherit"],
    env: environment,
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(failure);
}

/**
 * Starts an app: its build, or with `watch` its source, started again after each edit.
 * In a process group of its own, because Ctrl-C must reach the launcher only, which stops things in order.
 */
export function startApp(app, { environment, watch }) {
  const preload = ["--import", join(workspaceRoot, "tools/up/exit-with-launcher.mjs")];
  const fromSource = [
    "--watch",
    "--watch-preserve-output",
    "--conditions=@tandem/source",
    "--import",
    join(workspaceRoot, "tools/ts-hooks.mjs"),
  ];
  const program = join(workspaceRoot, "apps", app, watch ? "src/main.ts" : "dist/main.js");
  const args = ["--enable-source-maps", ...(watch ? fromSource : []), ...preload, program];
  return spawn(nodePath, args, {
    cwd: workspaceRoot,
    stdio: ["ignore", "inherit", "inherit"],
    env: environment,
    detached: process.platform !== "win32",
  });
}

const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

/** Resolves when the address answers 2xx; fails when the process ends first or takes too long. */
export async function waitUntilReady(app, child, url, withinMs = READY_WITHIN_MS) {
  const giveUpAt = performance.now() + withinMs;
  let last = "no answer yet";
  while (performance.now() < giveUpAt) {
    if (hasEnded(child))
      throw new Error(
        `${app} ended (${child.signalCode ?? `exit code ${child.exitCode}`}) before it was ready; its reason is above.`,
      );
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      if (response.ok) return;
      last = `${response.status} ${(await response.text()).slice(0, 300)}`;
    } catch (error) {
      last = error.cause?.code ?? error.cause?.message ?? error.message;
    }
    await sleep(50);
  }
  throw new Error(`${app} was not ready after ${withinMs / 1000} s: ${url} → ${last}`);
}

/** Asks the process to stop, insists after a while. */
export async function stopApp(child) {
  if (hasEnded(child)) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  insist.unref();
  await gone;
  clearTimeout(insist);
}
