// The order of `npm start`: client and build while the database starts, seed, sandbox, then the apps; stop in reverse.
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workspaceRoot } from "../projects.mjs";
import { openDatabase } from "./database.mjs";
import { firstSignIn } from "./first-run.mjs";
import { run, startApp, stopApp, waitUntilReady } from "./processes.mjs";
import { loadSecrets } from "./secrets.mjs";
import {
  appEnvironment,
  dataFolder,
  readinessUrl,
  readPorts,
  requireFreePorts,
  requireRedis,
  VENDORS,
} from "./settings.mjs";

const BUILT = ["api", "worker", "media", "sandbox", "cli"];
const say = (text) => console.log(`[tandem] ${(performance.now() / 1000).toFixed(1).padStart(5)} s  ${text}`);

/** Starts everything and stays until it is told to stop or something ends. */
export async function up({ watch }) {
  const launch = { children: new Map(), database: undefined, stopping: undefined };
  const stop = (code) => (launch.stopping ??= stopAll(launch, code));
  const askedAgain = () => [...launch.children.values()].forEach((child) => child.kill("SIGKILL"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => (launch.stopping ? askedAgain() : stop(0)));
  stopWithNpm(() => stop(0));
  try {
    await start(launch, watch, stop);
  } catch (error) {
    if (launch.stopping) return;
    console.error(`\n${error.message}`);
    if (process.env.TANDEM_DEBUG) console.error(error);
    await stop(1);
  }
}

async function start(launch, watch, stop) {
  claimFolder();
  const ports = readPorts();
  await requireFreePorts(ports);
  if (process.env.REDIS_URL) await requireRedis(process.env.REDIS_URL);
  const secrets = loadSecrets(join(dataFolder(), "secrets.json"), process.env);

  const databaseEnded = () => {
    if (launch.stopping) return;
    console.error("\nThe embedded PostgreSQL ended by itself; stopping everything.");
    void stop(1);
  };
  const [database] = await allOrFirstFailure([
    openDatabase(secrets, databaseEnded).then((opened) => {
      launch.database = opened;
      say(`PostgreSQL (${opened.where}); ${opened.applied.length} migrations applied`);
      return opened;
    }),
    build(watch),
  ]);
  const context = { ports, secrets, databaseUrls: database.appUrls };
  await seed(database, context);

  const startOne = async (app) => {
    if (launch.stopping) return;
    const child = startApp(app, { environment: appEnvironment(app, context), watch });
    launch.children.set(app, child);
    child.once("exit", (code, signal) => {
      if (launch.stopping) return;
      console.error(`\n${app} ended (${signal ?? `exit code ${code}`}); stopping everything.`);
      void stop(1);
    });
    await waitUntilReady(app, child, readinessUrl(app, ports));
    say(`${app} is ready`);
  };
  await Promise.all(["api", "worker", "media", "sandbox"].map(startOne));
  if (launch.stopping) return;
  const signIn = await firstSignIn(appEnvironment("api", context), { watch });
  if (!launch.stopping) printWelcome(ports, signIn);
}

async function build(watch) {
  await run("tools/generate-client.mjs", [], "The database client could not be generated.");
  if (watch) return;
  const folders = BUILT.map((app) => `apps/${app}`);
  await Promise.all([
    run("node_modules/typescript/bin/tsc", ["-b", ...folders], "The build failed; the errors are above."),
    run("tools/build-admin.mjs", [], "The admin UI could not be built; the errors are above."),
  ]);
  say("built");
}

/** Playbooks, demo tenant and keys of the first start. Nothing to do while database, playbooks and script are the ones it last ran for. */
async function seed(database, context) {
  const stamp = join(dataFolder(), "seeded-for");
  const wanted = seedInputs(database);
  const isFresh = database.applied.length === 0 && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (isFresh && existsSync(join(dataFolder(), "demo-key"))) return;
  const environment = {
    ...appEnvironment("api", context),
    TANDEM_DATABASE_OWNER_URL: database.ownerUrl,
    TANDEM_DATA_DIR: dataFolder(),
  };
  await run("tools/seed.mjs", [], "The first-start data could not be written; the reason is above.", environment);
  writeFileSync(stamp, wanted);
  say("playbooks and demo tenant are there");
}

function seedInputs({ where, ownerUrl }) {
  const playbooks = globSync("playbooks/**/*.{yaml,md}", { cwd: workspaceRoot }).toSorted();
  const hash = createHash("sha256")
    .update(new URL(ownerUrl).pathname)
    .update(process.env.DATABASE_URL ? where : "embedded");
  for (const file of ["tools/seed.mjs", ...playbooks]) hash.update(readFileSync(join(workspaceRoot, file)));
  return hash.digest("hex");
}

/** Waits for all even when one fails, so that what did start is known and can be stopped. */
async function allOrFirstFailure(work) {
  const results = await Promise.allSettled(work);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
  return results.map(({ value }) => value);
}

async function stopAll({ children, database }, code) {
  const { sandbox, ...apps } = Object.fromEntries(children);
  await Promise.all(Object.values(apps).map(stopApp));
  if (sandbox) await stopApp(sandbox);
  await database?.stop();
  releaseFolder();
  say("stopped");
  process.exit(code);
}

const claimFile = () => join(dataFolder(), "launcher.pid");

/** One launcher per data folder: two would start two of everything on the same database. */
function claimFolder() {
  mkdirSync(dataFolder(), { recursive: true });
  if (existsSync(claimFile())) {
    const pid = Number(readFileSync(claimFile(), "utf8"));
    if (pid !== process.pid && isLauncher(pid)) {
      throw new Error(
        `Tandem is already running from ${dataFolder()} (process ${pid}). Fix: stop that one, or set TANDEM_DATA_DIR and other ports for a second.`,
      );
    }
  }
  writeFileSync(claimFile(), String(process.pid));
}

function releaseFolder() {
  if (existsSync(claimFile()) && Number(readFileSync(claimFile(), "utf8")) === process.pid) rmSync(claimFile());
}

function isLauncher(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== "EPERM") return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, "utf8").includes("up.mjs"); // else a reused number
}

/** npm does not pass a SIGTERM on: it dies, and its shell, and we would live on as an orphan. */
function stopWithNpm(stop) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}

function printWelcome(ports, signIn) {
  const url = ports.api === 4000 ? "" : ` TANDEM_URL=http://127.0.0.1:${ports.api}`;
  const command = `TANDEM_API_KEY=$(cat ${shellPath(join(dataFolder(), "demo-key"))})${url} npx tandem plan front-desk`;
  const emulators = VENDORS.map((vendor) => `${vendor} ${ports[vendor]}`);
  console.log(`
  admin UI http://127.0.0.1:${ports.api}        the API beside it, documentation at /docs
  media    http://127.0.0.1:${ports.media}
  sandbox  http://127.0.0.1:${ports.control}        ${emulators.slice(0, 4).join(" · ")}
                                        ${emulators.slice(4).join(" · ")}
${signIn}
  Try it:  ${command}

  Ctrl-C stops everything; the data stays in ${dataFolder()}.
`);
}

/** A path as one types it in the workspace's folder. */
function shellPath(path) {
  const short = path.startsWith(`${workspaceRoot}/`) ? path.slice(workspaceRoot.length + 1) : path;
  return /[^\w./-]/.test(short) ? `'${short}'` : short;
}
