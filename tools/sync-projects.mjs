// Writes every tsconfig that follows from the package.json files: one per project (references = its workspace
// dependencies) and the root solution. `--check` writes nothing and fails when a file differs.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { listProjects, workspaceRoot } from "./projects.mjs";

const NEST_LAYERS = new Set(["api", "worker"]);
/** The admin UI runs in a browser and is bundled by Vite; tsc only checks it, tests included, and writes declarations. */
const BROWSER_OPTIONS = {
  rootDir: ".",
  outDir: "dist/types",
  tsBuildInfoFile: "dist/.tsbuildinfo",
  lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
  types: ["node", "vite/client"],
  module: "preserve",
  moduleResolution: "bundler",
  jsx: "react-jsx",
  emitDeclarationOnly: true,
  declarationMap: false,
  rewriteRelativeImportExtensions: false,
  erasableSyntaxOnly: true,
};
const check = process.argv.includes("--check");
const projects = listProjects();
const folderOf = new Map(projects.map((project) => [project.name, project.folder]));

function projectConfig({ folder, layer, dependencies }) {
  const references = dependencies
    .filter((name) => folderOf.has(name))
    .map((name) => posix.relative(folder, folderOf.get(name)))
    .sort();
  const base = {
    extends: posix.relative(folder, "tsconfig.base.json"),
    references: references.map((path) => ({ path })),
  };
  if (layer === "admin") return { ...base, compilerOptions: BROWSER_OPTIONS, include: ["src", "vite.config.ts"] };
  return {
    extends: base.extends,
    compilerOptions: {
      rootDir: "src",
      outDir: "dist",
      tsBuildInfoFile: "dist/.tsbuildinfo",
      ...(NEST_LAYERS.has(layer)
        ? { experimentalDecorators: true, emitDecoratorMetadata: true }
        : { erasableSyntaxOnly: true }),
    },
    include: ["src"],
    exclude: ["src/**/*.test.ts"],
    references: base.references,
  };
}

const wanted = new Map(projects.map((project) => [`${project.folder}/tsconfig.json`, projectConfig(project)]));
const everyProject = projects.map(({ folder }) => ({ path: folder }));
const testConfig = JSON.parse(readFileSync(join(workspaceRoot, "tsconfig.test.json"), "utf8"));
wanted.set("tsconfig.test.json", { ...testConfig, references: everyProject });
wanted.set("tsconfig.json", {
  files: [],
  references: [...everyProject, { path: "tsconfig.test.json" }],
});

let stale = 0;
for (const [file, config] of wanted) {
  const path = join(workspaceRoot, file);
  const present = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  if (JSON.stringify(present) === JSON.stringify(config)) continue;
  stale += 1;
  if (check) console.error(`${file} does not follow from package.json`);
  else writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`);
}
if (check && stale > 0) {
  console.error("Fix: node tools/sync-projects.mjs");
  process.exit(1);
}
console.log(
  check ? `${wanted.size} tsconfig files agree with package.json` : `${stale} of ${wanted.size} tsconfig files written`,
);
