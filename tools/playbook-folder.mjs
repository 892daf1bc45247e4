// Reads a playbook's folder into the map that `parseManifest` of @tandem/domain/manifest takes.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Files that belong to a playbook's manifest. */
const isPart = (path) => path === "manifest.yaml" || /^(prompts\/.+\.md|smoke\/.+\.yaml)$/.test(path);

/**
 * Path relative to the folder, with forward slashes → text.
 * @param {string} folder
 * @returns {Map<string, string>}
 */
export function readPlaybookFolder(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return new Map(
    paths
      .filter(isPart)
      .toSorted()
      .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
}
