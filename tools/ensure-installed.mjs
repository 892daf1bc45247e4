// Runs before `npm start`, `npm run dev` and `npm test`, on whatever Node the machine has: only node: imports.
// Installs the dependencies when node_modules does not come from the present lockfile.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".installed-from");
const lockfile = readFileSync(join(root, "package-lock.json"));
const wanted = createHash("sha256").update(lockfile).digest("hex");

/** True when npm's own record of the installed tree lists the same packages as the lockfile. */
function installedByHand() {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  const locked = JSON.parse(lockfile.toString()).packages;
  return Object.entries(locked).every(([path, { version, optional, link }]) => {
    if (!path.startsWith("node_modules/") || optional || link) return true;
    return installed[path]?.version === version;
  });
}

/** npm hands its scripts workspace filters, omit and the like through the environment; the install must not inherit them. */
function cleanEnvironment() {
  const inherited =
    /^npm_(config_(workspace|workspaces|ignore_scripts|omit|include|production)|lifecycle|package|command)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
}

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  if (!installedByHand()) {
    console.log("Installing dependencies (npm ci) …");
    const npm = process.env.npm_execpath; // npm's own JavaScript; absent when this file is run by hand
    const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    const options = { cwd: root, stdio: "inherit", env: cleanEnvironment() };
    const { status } = npm
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
    if (status !== 0) {
      console.error("npm ci failed (see above). Fix: check the network or npm's registry setting, then run it again.");
      process.exit(status ?? 1);
    }
  }
  writeFileSync(stamp, wanted);
}
