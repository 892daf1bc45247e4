// Start-up of the whole stack and its memory. Bars (issue 2 §6): warm `npm start` ≤ 4 s, api and worker ≤ 220 MB each when idle; with
// --fresh also a new clone: ≤ 90 s from the clone to ready. Memory is read from /proc, on Linux only.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { tandem } from "../tools/demo/tandem.mjs";
import { bar, median, report } from "./measure.ts";
import { npmStart, ownEnvironment, residentMb, type Started } from "./start/installation.ts";

const ROUNDS = 5;
const IDLE_MS = 10_000;
const BAR_MB = 220;

const checkout = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tandem-bench-start-"));
const figures: Record<string, number> = {};
const lines: string[] = [];

async function warm(): Promise<void> {
  const environment = await ownEnvironment(join(folder, "data"));
  const first = await npmStart(checkout, environment);
  lines.push(`first start in a new data folder (database, migrations, seed): ${first.seconds.toFixed(1)} s`);
  await first.stop();
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = await npmStart(checkout, environment);
    seconds.push(started.seconds);
    if (round === ROUNDS - 1 && process.platform === "linux") await memory(started, environment);
    await started.stop();
  }
  figures["warmSeconds"] = median(seconds);
  lines.push(bar(`warm npm start, median of ${ROUNDS}`, median(seconds), "≤", 4, "s"));
}

async function memory(started: Started, environment: Record<string, string>): Promise<void> {
  const read = (when: string) => {
    for (const app of ["api", "worker", "media"]) figures[`${app}Mb${when}`] = residentMb(started.pid(app));
  };
  await sleep(IDLE_MS);
  read("Idle");
  lines.push(bar(`api, idle for ${IDLE_MS / 1000} s`, figures["apiMbIdle"] ?? 0, "≤", BAR_MB, "MB"));
  lines.push(bar(`worker, idle for ${IDLE_MS / 1000} s`, figures["workerMbIdle"] ?? 0, "≤", BAR_MB, "MB"));
  const as = {
    ...environment,
    TANDEM_URL: `http://127.0.0.1:${environment["PORT"]}`,
    TANDEM_API_KEY: readFileSync(join(folder, "data", "demo-key"), "utf8").trim(),
  };
  await tandem(as, ["apply", "front-desk", "--yes", "--bake", "2"], { isQuiet: true });
  read("AfterRollout");
  const [worker = 0, api = 0, media = 0] = ["worker", "api", "media"].map((app) => figures[`${app}MbAfterRollout`]);
  lines.push(
    `after one rollout through all four SDKs: worker ${worker.toFixed(0)} MB, api ${api.toFixed(0)} MB, media ${media.toFixed(0)} MB (media idle: ${figures["mediaMbIdle"]?.toFixed(0)} MB)`,
  );
}

/** A clone as a new user has it: npm's cache as it is on this machine, nothing installed, nothing built. */
async function fresh(): Promise<void> {
  const clone = join(folder, "clone");
  succeed("git", ["clone", "--quiet", checkout, clone], folder);
  const startedAt = performance.now();
  succeed(process.execPath, ["tools/ensure-installed.mjs"], clone);
  const installSeconds = (performance.now() - startedAt) / 1000;
  const started = await npmStart(clone, await ownEnvironment(join(clone, ".data")));
  await started.stop();
  Object.assign(figures, { freshInstallSeconds: installSeconds, freshStartSeconds: started.seconds });
  lines.push(
    `fresh clone: install ${installSeconds.toFixed(1)} s, then client, build, database, seed and start ${started.seconds.toFixed(1)} s`,
  );
  lines.push(bar("fresh clone to ready", installSeconds + started.seconds, "≤", 90, "s"));
}

function succeed(program: string, words: readonly string[], folderOf: string): void {
  const { status } = spawnSync(program, words, { cwd: folderOf, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} failed`);
}

try {
  await warm();
  if (process.argv.includes("--fresh")) await fresh();
  for (const line of lines) console.log(line);
  report("start", figures);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
