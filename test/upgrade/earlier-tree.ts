import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workspaceRoot } from "../../tools/projects.mjs";
import { nodePath } from "../../tools/up/processes.mjs";

/** The sources of an earlier commit in a folder of their own, with the packages that are installed here. */
export interface EarlierTree {
  readonly folder: string;
  remove(): void;
}

/** True when the commit is in the history that was fetched. */
export const hasCommit = (commit: string): boolean =>
  spawnSync("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: workspaceRoot }).status === 0;

/** Unpacks a commit; nothing of the checkout changes. */
export function unpackTree(commit: string): EarlierTree {
  const folder = mkdtempSync(join(tmpdir(), "tandem-earlier-"));
  const archive = execFileSync("git", ["archive", "--format=tar", commit], {
    cwd: workspaceRoot,
    maxBuffer: 512 * 1024 * 1024,
  });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  linkPackages(folder);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Our own packages are the tree's, those of others the installed ones. */
function linkPackages(folder: string): void {
  const installed = join(workspaceRoot, "node_modules");
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(installed))
    if (name !== "@tandem" && name !== ".cache") symlinkSync(join(installed, name), join(folder, "node_modules", name));
  cpSync(join(installed, "@tandem"), join(folder, "node_modules/@tandem"), { recursive: true, verbatimSymlinks: true });
  for (const parent of ["apps", "libs", "libs/adapters"]) {
    for (const name of readdirSync(join(folder, parent))) {
      const own = join(workspaceRoot, parent, name, "node_modules");
      if (existsSync(own)) symlinkSync(own, join(folder, parent, name, "node_modules"));
    }
  }
}

/** Builds apps of the tree from its own sources. Throws with what the compiler says. */
export function buildTree({ folder }: EarlierTree, apps: readonly string[]): void {
  for (const args of [
    ["tools/generate-client.mjs"],
    ["node_modules/typescript/bin/tsc", "-b", ...apps.map((app) => `apps/${app}`)],
  ]) {
    const { status, stdout, stderr } = spawnSync(nodePath, args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`${args.join(" ")} failed in ${folder}:\n${stdout}${stderr}`.slice(0, 4000));
  }
}
