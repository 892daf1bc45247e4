import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseManifest } from "@tandem/domain/manifest";

const FOLDER = join(import.meta.dirname, "../../playbooks");

/** A playbook that ships: its files, and its manifest with every file folded in. */
export interface Playbook {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly text: string;
  readonly content: object;
  readonly hash: string;
}

/** The texts of a playbook that ships: path in its folder → text. */
export function playbookFiles(name: string): Map<string, string> {
  const entries = readdirSync(join(FOLDER, name), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths
      .map((path): [string, string] => [relative(join(FOLDER, name), path), readFileSync(path, "utf8")])
      .filter(([path]) => path === "manifest.yaml" || /^(prompts|smoke)\//.test(path)),
  );
}

/** Both playbooks that ship. */
export const playbooks: readonly Playbook[] = ["after-hours-answering", "lead-qualifier"].map((name) => {
  const files = playbookFiles(name);
  const parsed = parseManifest(files);
  if (!parsed.ok) throw new Error(`${name} is no valid playbook`);
  const { manifest, hash } = parsed;
  return { name, files, text: files.get("manifest.yaml") ?? "", content: JSON.parse(JSON.stringify(manifest)), hash };
});
