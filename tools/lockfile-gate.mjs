// `npm run lockfile:check`: the lockfile installs on every platform and names no package host.
// npm silently leaves out a platform's binaries when they are not published yet; `npm ci` then fails elsewhere.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { workspaceRoot } from "./projects.mjs";

const { packages } = JSON.parse(readFileSync(join(workspaceRoot, "package-lock.json"), "utf8"));
const root = JSON.parse(readFileSync(join(workspaceRoot, "package.json"), "utf8"));
const installed = new Set(Object.keys(packages).map((path) => path.split("node_modules/").at(-1)));
const problems = [];

for (const [path, entry] of Object.entries(packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!installed.has(name))
      problems.push(
        `${path || "the root"} wants ${name}, which is not locked: pin a version whose whole platform set is published`,
      );
  }
  if (/^(https?|git)/.test(entry.resolved ?? ""))
    problems.push(`${path} names a host; set omit-lockfile-registry-resolved=true (it is in .npmrc) and lock again`);
  const fromRegistry = path.includes("node_modules/") && !entry.link && !entry.inBundle;
  if (fromRegistry && !entry.integrity) problems.push(`${path} has no integrity hash`);
  if (entry.hasInstallScript && path.includes("node_modules/")) {
    const name = path.split("node_modules/").at(-1);
    if (root.allowScripts[name] === undefined)
      problems.push(`${name} has an install script; deny it in allowScripts of package.json, or say why not`);
  }
}
const manifests = Object.entries(packages).filter(([path]) => !path.includes("node_modules/"));
for (const [path, entry] of manifests) {
  for (const [name, range] of Object.entries({
    ...entry.dependencies,
    ...entry.devDependencies,
    ...entry.optionalDependencies,
  })) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))
      problems.push(`${path || "the root"} asks for ${name}@${range}; pin it exactly`);
  }
}
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0
    ? `lockfile is complete: ${Object.keys(packages).length} entries`
    : `${problems.length} problems in the lockfile`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
