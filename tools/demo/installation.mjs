// A running installation that nobody else uses: temporary data folder, free ports, stopped and removed afterwards.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "../embedded-postgres.mjs";
import { workspaceRoot } from "../projects.mjs";
import { nodePath } from "../up/processes.mjs";

const VARIABLES = [
  "PORT",
  "TANDEM_MEDIA_PORT",
  "TANDEM_WORKER_PORT",
  "TANDEM_SANDBOX_CONTROL_PORT",
  "TANDEM_SANDBOX_TWILIO_PORT",
  "TANDEM_SANDBOX_RETELL_PORT",
  "TANDEM_SANDBOX_GOOGLE_PORT",
  "TANDEM_SANDBOX_HUBSPOT_PORT",
  "TANDEM_SANDBOX_DEEPGRAM_PORT",
  "TANDEM_SANDBOX_CARTESIA_PORT",
  "TANDEM_SANDBOX_ELEVENLABS_PORT",
  "TANDEM_SANDBOX_OPENAI_PORT",
  "TANDEM_POSTGRES_PORT",
];
const READY_WITHIN_MS = 120_000;

/**
 * Starts one with `overrides` on top of its environment.
 * @returns {Promise<{environment: Record<string, string>, folder: string, log: () => string, stop: () => Promise<void>}>}
 */
export async function startInstallation(overrides = {}) {
  const folder = mkdtempSync(join(tmpdir(), "tandem-demo-"));
  const ports = {};
  let from = 20_000 + (process.pid % 9_000);
  for (const variable of VARIABLES) {
    const port = await findFreePort(from);
    ports[variable] = String(port);
    from = port + 1;
  }
  const environment = { ...process.env, TANDEM_LOG_PRETTY: "false", ...ports, TANDEM_DATA_DIR: folder, ...overrides };
  const child = spawn(nodePath, [join(workspaceRoot, "tools/up.mjs")], {
    cwd: workspaceRoot,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += chunk));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  while (!log.includes("Ctrl-C stops everything")) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      await stop();
      throw new Error(`The installation did not start:\n${log.slice(-4000)}`);
    }
    await sleep(50);
  }
  if (!existsSync(join(folder, "demo-key"))) {
    await stop();
    throw new Error("npm start made no demo key.");
  }
  return {
    environment: {
      ...environment,
      TANDEM_URL: `http://127.0.0.1:${ports.PORT}`,
      TANDEM_API_KEY: readFileSync(join(folder, "demo-key"), "utf8").trim(),
    },
    folder,
    log: () => log,
    stop,
  };
}
