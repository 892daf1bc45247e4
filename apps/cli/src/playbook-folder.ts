import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type ParsedManifest, parseManifest } from "@tandem/domain/manifest";

/** Files that belong to a playbook's manifest. */
const isPart = (path: string): boolean => path === "manifest.yaml" || /^(prompts\/.+\.md|smoke\/.+\.yaml)$/.test(path);

/** Texts of a playbook's folder: path relative to it, with forward slashes → text. Throws what the file system throws. */
export function readPlaybookFolder(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return new Map(
    paths
      .filter(isPart)
      .toSorted()
      .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
}

/** Reads and parses a playbook's folder; positions in diagnostics begin with the folder as given. */
export const parsePlaybookFolder = (folder: string): ParsedManifest =>
  parseManifest(readPlaybookFolder(folder), `${folder.replace(/(?<![\\/])[\\/]+$/, "")}/`);
