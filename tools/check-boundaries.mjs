// `npm run boundaries [folder]`: the structure of the workspace as the design wants it. Fails closed: a project without
// a known layer, a file that cannot be parsed or an import that cannot be resolved to a rule is an error.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { checkName, checkSource, checkVendorFolder, findCycle } from "./boundaries/file-rules.mjs";
import { checkImport, isTest } from "./boundaries/import-rules.mjs";
import { LAYERS } from "./boundaries/layers.mjs";
import { readSource } from "./boundaries/source-file.mjs";
import { listProjects, workspaceRoot } from "./projects.mjs";

const SKIPPED = new Set(["node_modules", "dist", "generated", "fixtures"]);

/** Every violation below `root`, as `path:line message`. */
export function checkBoundaries(root = workspaceRoot) {
  const violations = [];
  const report = (path, line, text) => violations.push(`${path}:${line} ${text}`);
  const projects = listProjects(root);
  const known = projects.filter((project) => {
    if (project.layer in LAYERS) return true;
    report(
      `${project.folder}/package.json`,
      1,
      `needs a known layer tag, nx.tags ["layer:<name>"]; it has ${project.layer ?? "none"}`,
    );
    return false;
  });
  const byName = new Map(known.map((project) => [project.name, project]));
  const edges = new Map(known.map((project) => [project.name, new Set()]));

  for (const project of known) {
    const references = readReferences(root, project.folder);
    for (const text of checkVendorFolder(root, project)) report(project.folder, 1, text);
    for (const file of listFiles(root, project.folder)) {
      const path = `${project.folder}/${file}`;
      for (const text of checkName(file)) report(path, 1, text);
      if (!/^src\/.*\.tsx?$/.test(file)) continue;
      const source = readSource(root, path);
      for (const { line, text } of checkSource(project, file, source)) report(path, line, text);
      for (const { module, line } of source.imports) {
        for (const text of checkImport({ project, file, module, byName, references })) report(path, line, text);
        const target = module.split("/").slice(0, 2).join("/");
        if (byName.has(target) && !isTest(file)) edges.get(project.name).add(target);
      }
    }
  }
  const cycle = findCycle(edges);
  if (cycle) report("package.json", 1, `projects import each other in a circle: ${cycle.join(" → ")}`);
  return violations;
}

function listFiles(root, folder, below = "") {
  return readdirSync(join(root, folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(below, entry.name);
    if (SKIPPED.has(entry.name)) return [];
    return entry.isDirectory() ? listFiles(root, folder, path) : [path];
  });
}

function readReferences(root, folder) {
  const file = join(root, folder, "tsconfig.json");
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, "utf8")).references ?? []).map(({ path }) => posix.join(folder, path));
}

if (process.argv[1]?.endsWith("check-boundaries.mjs")) {
  const violations = checkBoundaries(process.argv[2] ?? workspaceRoot);
  for (const violation of violations) console.error(violation);
  console.log(violations.length === 0 ? "boundaries hold" : `${violations.length} boundary violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
