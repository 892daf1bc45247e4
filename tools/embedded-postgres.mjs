// A real PostgreSQL server from npm, started on demand and kept on disk; nothing to install by hand.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { planServer } from "./postgres-binaries.mjs";

const HOST = "127.0.0.1";
const HIGHEST_SAFE_PORT = 32767; // above it the kernel hands ports to outgoing connections
const FREE_SPACE_NEEDED = 256 * 1024 * 1024;
const READY = "ready to accept connections";

/**
 * Starts the server that owns `dataDir`, or adopts the one already running there (left by a launcher that was killed).
 * @param {object} options
 * @param {string} options.dataDir created when absent
 * @param {number} [options.port] wanted port; without it the next free one is found from 15432 up
 * @param {string} [options.portVariable] the environment variable to name when `port` is taken
 * @param {Record<string, string>} [options.settings] server settings
 * @param {boolean} [options.throwAway] no durability, and the folder goes when the launcher does
 * @param {() => void} [options.onUnexpectedEnd] called when the server ends without having been stopped
 * @returns {Promise<{url: string, port: number, dataDir: string, adopted: boolean, stop: () => Promise<void>}>}
 *   `url` is the superuser's, without a database; `stop` also stops an adopted server.
 */
export async function startPostgres({
  dataDir,
  port,
  portVariable,
  settings = {},
  throwAway = false,
  onUnexpectedEnd = () => {},
}) {
  const plan = await planServer(resolve(dataDir));
  const running = await findRunning(plan.dataDir);
  if (running) return handle(running.port, plan.dataDir, true, () => stopProcess(running.pid));

  const chosen = port === undefined ? await findFreePort(15432) : await requireFree(port, portVariable);
  requireSpace(plan.dataDir);
  if (!existsSync(join(plan.dataDir, "PG_VERSION"))) initialise(plan, throwAway);
  const durability = throwAway ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {};
  const child = await launch(plan, chosen, { ...durability, ...settings });
  guard(child.pid, throwAway ? plan.dataDir : undefined);
  child.once("exit", onUnexpectedEnd);
  return handle(chosen, plan.dataDir, false, async () => {
    child.off("exit", onUnexpectedEnd);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGINT"); // "fast shutdown": sessions are cut, data is safe
    await gone;
    if (throwAway) rmSync(plan.dataDir, { recursive: true, force: true });
  });
}

const handle = (port, dataDir, adopted, stop) => ({
  url: `postgresql://postgres@${HOST}:${port}`,
  port,
  dataDir,
  adopted,
  stop,
});

/** The server that already owns this folder, if there is one; a leftover postmaster.pid of a dead server is ignored. */
async function findRunning(dataDir) {
  const pidFile = join(dataDir, "postmaster.pid");
  if (!existsSync(pidFile)) return undefined;
  const lines = readFileSync(pidFile, "utf8").split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  for (let attempt = 0; isAlive(pid) && attempt < 50; attempt += 1) {
    if (!isPostgres(pid)) {
      rmSync(pidFile); // after a reboot the number belongs to somebody else
      return undefined;
    }
    if (port > 0 && (await accepts(port))) return { pid, port };
    await sleep(100); // starting, recovering or stopping
  }
  if (!isAlive(pid)) return undefined; // PostgreSQL replaces the file itself
  throw new Error(
    `A PostgreSQL server (process ${pid}) holds ${dataDir} but does not answer on port ${port}. ` +
      `Fix: stop it with \`kill -INT ${pid}\` and start again.`,
  );
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function isPostgres(pid) {
  const commandLine = existsSync("/proc/self/cmdline")
    ? existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8")
    : spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout;
  return Boolean(commandLine) && commandLine.includes("postgres");
}

async function stopProcess(pid) {
  process.kill(pid, "SIGINT");
  for (let attempt = 0; isAlive(pid) && attempt < 300; attempt += 1) await sleep(50);
}

const accepts = (port) =>
  new Promise((done) => {
    const socket = createConnection(port, HOST, () => (socket.destroy(), done(true)));
    socket.on("error", () => done(false));
  });

/** True when this process could listen on the port now. */
export const isPortFree = (port) =>
  new Promise((done) => {
    const server = createServer().once("error", () => done(false));
    server.listen(port, HOST, () => server.close(() => done(true)));
  });

/** The first port from `first` up on which nobody listens. */
export async function findFreePort(first) {
  for (let port = first; port <= Math.min(first + 200, HIGHEST_SAFE_PORT); port += 1)
    if (await isPortFree(port)) return port;
  throw new Error(`No free port between ${first} and ${first + 200}.`);
}

async function requireFree(port, variable) {
  if (await isPortFree(port)) return port;
  const fix = variable
    ? `Fix: set ${variable} to a free port below ${HIGHEST_SAFE_PORT + 1}, or stop what listens there.`
    : "";
  throw new Error(`Port ${port}, wanted for the embedded PostgreSQL, is taken. ${fix}`);
}

function requireSpace(dataDir) {
  let folder = dataDir;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < FREE_SPACE_NEEDED) {
    throw new Error(
      `Only ${Math.round((bavail * bsize) / 1048576)} MB are free where ${dataDir} lies; PostgreSQL needs at least 256 MB. ` +
        "Fix: free some space, or move the checkout.",
    );
  }
}

/** Creates the cluster beside its place and renames it, so that an interrupted start leaves no half a cluster behind. */
function initialise(plan, throwAway) {
  const partial = plan.prepare ? plan.dataDir : `${plan.dataDir}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(partial), { recursive: true });
  plan.prepare?.();
  const args = [
    "-D",
    partial,
    "-U",
    "postgres",
    "--auth=trust",
    "--no-instructions",
    ...(throwAway ? ["--no-sync"] : []),
  ];
  const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const [program, wrapped, options] = plan.wrap(plan.initdb, [...args, ...locale]);
  const { status, error, stdout, stderr } = spawnSync(program, wrapped, { ...options, encoding: "utf8", cwd: "/" });
  if (status !== 0) {
    if (!plan.prepare) rmSync(partial, { recursive: true, force: true });
    throw new Error(explain(`${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}`, plan.dataDir, "initdb"));
  }
  if (!plan.prepare) {
    rmSync(plan.dataDir, { recursive: true, force: true }); // without PG_VERSION it is no cluster
    renameSync(partial, plan.dataDir);
  }
}

async function launch(plan, port, settings) {
  const defaults = {
    listen_addresses: HOST,
    unix_socket_directories: "",
    shared_buffers: "64MB",
    max_connections: "200",
    jit: "off",
  };
  const flags = Object.entries({ ...defaults, ...settings }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const [program, args, options] = plan.wrap(plan.postgres, ["-D", plan.dataDir, "-p", String(port), ...flags]);
  // Its own process group: Ctrl-C must reach the apps first and the database last.
  const child = spawn(program, args, { ...options, cwd: "/", detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  await new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", () => fail(new Error(explain(log, plan.dataDir, "postgres"))));
    child.stderr.on("data", (chunk) => {
      log = (log + chunk).slice(-8000);
      if (log.includes(READY)) done();
    });
  });
  child.removeAllListeners("exit");
  child.stderr.removeAllListeners("data").resume();
  return child;
}

/** A tiny shell that outlives a launcher killed without warning, and then stops the server. */
function guard(serverPid, folderToRemove) {
  if (process.platform === "win32") return;
  const script = `while kill -0 "$1" 2>/dev/null && kill -0 "$2" 2>/dev/null; do sleep 1; done
    kill -INT "$2" 2>/dev/null; while kill -0 "$2" 2>/dev/null; do sleep 0.2; done; [ -z "$3" ] || rm -rf "$3"`;
  const args = ["-c", script, "guard", String(process.pid), String(serverPid), folderToRemove ?? ""];
  spawn("sh", args, { cwd: "/", detached: true, stdio: "ignore" }).unref();
}

function explain(log, dataDir, program) {
  const aside = `Fix: move it aside (mv ${dataDir} ${dataDir}.broken) and start again; a new, empty database is created.`;
  const cases = [
    [
      /No space left on device|could not (write|extend).*No space/i,
      "The disk is full. Fix: free some space and start again.",
    ],
    [/Address already in use|could not bind/i, "Its port was taken a moment ago. Fix: start again."],
    [/initialized by PostgreSQL version/i, `${dataDir} was made by another major version of PostgreSQL. ${aside}`],
    [/lock file "postmaster.pid" already exists/i, `Another server uses ${dataDir}. Fix: stop it and start again.`],
    [
      /cannot be run as root|must not be run as root/i,
      "PostgreSQL does not run as root and this machine allows no way round. Fix: start as an ordinary user.",
    ],
    [
      /Permission denied/i,
      `${dataDir} or the programs cannot be read by this user. Fix: chown them to the user that starts Tandem.`,
    ],
    [
      /PANIC|invalid checkpoint|could not (open|read|access)|could not locate|not a database cluster|missing/i,
      `${dataDir} is damaged. ${aside}`,
    ],
  ];
  const [, reason] = cases.find(([pattern]) => pattern.test(log)) ?? [null, "See its messages below."];
  return `The embedded PostgreSQL did not start (${program}). ${reason}\n${log.trim()}`;
}
