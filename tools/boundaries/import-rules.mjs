// What a file may import. Each rule yields messages about one import.
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { GUARDED_DOORS, LAYERS, ROOM_PACKAGES, ROOMS, TESTS } from "./layers.mjs";

const packageOf = (module) =>
  module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
const matches = (patterns, name) =>
  patterns.some((each) => each === name || (each.endsWith("/*") && name.startsWith(each.slice(0, -1))));

/** True for files that run only in tests. */
export const isTest = (file) => /\.(test|contract|setup)\.tsx?$/.test(file);

/**
 * Messages about one import of one file.
 * @param {{project: object, file: string, module: string, byName: Map<string, object>, references: string[]}} subject
 */
export function checkImport(subject) {
  const { module, byName } = subject;
  if (module === "(computed)") return ["import() of a computed name cannot be checked; name the module"];
  if (module.startsWith(".")) return checkRelative(subject);
  if (isBuiltin(module)) return checkBuiltin(subject);
  if (byName.has(packageOf(module))) return checkWorkspace(subject, byName.get(packageOf(module)));
  if (module.startsWith("@tandem/")) return [`there is no project ${packageOf(module)}`];
  return checkOutside(subject);
}

function checkRelative({ project, file, module }) {
  const target = posix.join(posix.dirname(file), module);
  if (target.startsWith("..")) {
    const fromRoot = posix.join(project.folder, target);
    if (isTest(file) && TESTS.rootFiles.includes(fromRoot)) return [];
    if (LAYERS[project.layer].texts?.test(fromRoot)) return [];
    return [`the relative import ${module} leaves the project; import the other project by its name`];
  }
  return project.layer === "domain" ? checkRoom(file, target) : [];
}

function checkRoom(file, target) {
  const [from, to] = [file, target].map((path) => path.split("/")[1]);
  if (!(from in ROOMS)) return [`${from} is not a room of the domain; add it to ROOMS in tools/boundaries/layers.mjs`];
  if (from === to) return [];
  if (!ROOMS[from].includes(to))
    return [`room ${from} may not import room ${to} (allowed: ${ROOMS[from].join(", ") || "none"})`];
  return target === `src/${to}/index.ts` ? [] : [`room ${to} is entered through its door, ../${to}/index.ts`];
}

function checkBuiltin({ project, file, module }) {
  if (!module.startsWith("node:")) return [`write node:${module}`];
  if (LAYERS[project.layer].node || isTest(file)) return [];
  return [`layer ${project.layer} may not import ${module}`];
}

function checkWorkspace({ project, file, module, references }, target) {
  if (target.name === project.name) return ["a project imports itself by relative path"];
  const test = isTest(file);
  const allowed = LAYERS[project.layer].layers.includes(target.layer);
  if (!allowed && !(test && TESTS.layers.includes(target.layer))) {
    return [`layer ${project.layer} may not import layer ${target.layer} (${module})`];
  }
  const guarded = GUARDED_DOORS[module];
  if (guarded && !guarded.allows({ layer: project.layer, file })) return [`${module}: ${guarded.reason}`];
  if (test) return [];
  const messages = [];
  if (!project.dependencies.includes(target.name))
    messages.push(`${target.name} is not in dependencies of ${project.folder}/package.json`);
  if (!references.includes(target.folder))
    messages.push(
      `${target.folder} is not referenced by ${project.folder}/tsconfig.json; run node tools/sync-projects.mjs`,
    );
  return messages;
}

function checkOutside({ project, file, module }) {
  const name = packageOf(module);
  const test = isTest(file);
  if (module === "googleapis")
    return ["the bare googleapis import loads everything; import googleapis/build/src/apis/<api>/index.js"];
  if (test && matches(TESTS.packages, name)) return [];
  const { packages } = LAYERS[project.layer];
  const declared = project.dependencies.includes(name);
  if (packages !== "declared" && !matches(packages, name)) return [`layer ${project.layer} may not import ${name}`];
  if (project.layer === "adapter" && name !== "zod" && file !== "src/client.ts")
    return [`only src/client.ts may import ${name}`];
  if (project.layer === "domain" && ROOM_PACKAGES[name] && !ROOM_PACKAGES[name].includes(file.split("/")[1])) {
    return [`${name} belongs to room ${ROOM_PACKAGES[name].join(", ")}`];
  }
  return declared || test ? [] : [`${name} is not in dependencies of ${project.folder}/package.json`];
}
