import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A playbook that ships, as it is published: relative path → text; `change` is applied to its manifest. */
export function playbookFiles(name: string, change = (manifest: string): string => manifest): Record<string, string> {
  const folder = join(import.meta.dirname, "../../../../playbooks", name);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /^(manifest\.yaml|prompts.+\.md|smoke.+\.yaml)$/.test(path))
    .map((path) => [path.replaceAll("\\", "/"), readFileSync(join(folder, path), "utf8")] as const);
  return Object.fromEntries(files.map(([path, text]) => [path, path === "manifest.yaml" ? change(text) : text]));
}
