// The workspace as the tools see it: every project with its folder, layer and declared dependencies.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Project
 * @property {string} folder from the workspace root, e.g. "libs/adapters/twilio"
 * @property {string} name the package name, e.g. "@tandem/twilio"
 * @property {string} shortName the last part of the folder
 * @property {string | undefined} layer what follows `layer:` in its Nx tags; undefined when it has no such tag
 * @property {string[]} dependencies
 * @property {string[]} devDependencies
 * @property {Record<string, any>} manifest its package.json
 */

/** The root of this checkout. */
export const workspaceRoot = join(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Every workspace project below `root`, sorted by folder.
 * @returns {Project[]}
 */
export function listProjects(root = workspaceRoot) {
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const parents = workspaces.map((pattern) => pattern.replace(/\/\*$/, "")); // every pattern is `<folder>/*`
  return parents
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .sort()
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const tag = manifest.nx?.tags?.find((each) => each.startsWith("layer:"));
      return {
        folder,
        name: manifest.name,
        shortName: folder.split("/").at(-1),
        layer: tag?.slice("layer:".length),
        dependencies: Object.keys(manifest.dependencies ?? {}),
        devDependencies: Object.keys(manifest.devDependencies ?? {}),
        manifest,
      };
    });
}
