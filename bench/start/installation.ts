import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "../../tools/embedded-postgres.mjs";

const READY = "Ctrl-C stops everything";
const READY_WITHIN_MS = 300_000;
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

/** Environment of an installation that nobody else uses. */
export async function ownEnvironment(dataDir: string): Promise<Record<string, string>> {
  const ports: Record<string, string> = {};
  let from = 21_000 + (process.pid % 8000);
  for (const variable of VARIABLES) {
    const port = await findFreePort(from);
    ports[variable] = String(port);
    from = port + 1;
  }
  const { npm_lifecycle_event: _event, ...inherited } = process.env as Record<string, string>;
  return { ...inherited, ...ports, TANDEM_DATA_DIR: dataDir, TANDEM_BAKE_CHECK_MS: "1000" };
}

export interface Started {
  /** From the command to the printed URLs. */
  readonly seconds: number;
  /** Process of an app. */
  pid(app: string): number;
  stop(): Promise<void>;
}

/** `npm start` in a checkout, until it says that everything is ready. */
export async function npmStart(checkout: string, environment: Record<string, string>): Promise<Started> {
  const startedAt = performance.now();
  const npm = spawn("npm", ["start"], { cwd: checkout, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [npm.stdout, npm.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes(READY)) {
    if (npm.exitCode !== null || performance.now() - startedAt > READY_WITHIN_MS)
      throw new Error(`It did not start:\n${said.slice(-3000)}`);
    await sleep(10);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const launcher = () => Number(readFileSync(join(environment["TANDEM_DATA_DIR"] ?? "", "launcher.pid"), "utf8"));
  return {
    seconds,
    pid: (app) => childOf(launcher(), join("apps", app, "dist", "main.js")),
    stop: () => stop(npm, launcher()),
  };
}

async function stop(npm: ChildProcess, launcher: number): Promise<void> {
  const gone = npm.exitCode === null ? once(npm, "exit") : Promise.resolve();
  process.kill(launcher, "SIGTERM");
  await gone;
  while (existsSync(`/proc/${launcher}`)) await sleep(50);
}

function childOf(parent: number, program: string): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const [status, command] = [readIfThere(`/proc/${pid}/status`), readIfThere(`/proc/${pid}/cmdline`)];
    if (status.includes(`\nPPid:\t${parent}\n`) && command.includes(program)) return Number(pid);
  }
  throw new Error(`${program} does not run under ${parent}`);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // the process has ended
  }
}

/** Resident memory of a process, MB. */
export const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
