import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { describe } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Folder with the vendors' own interface descriptions. They are read where they are and never copied into this project. */
export const specsFolder = resolve(root, process.env["VENDOR_SPECS_DIR"] ?? "../shared/vendor-specs");

/** Reads a JSON or YAML file of the folder. */
export function readSpec<Spec>(path: string): Spec {
  const text = readFileSync(join(specsFolder, path), "utf8");
  return (path.endsWith(".json") ? JSON.parse(text) : load(text)) as Spec;
}

/** `describe` that is skipped, saying why, when the vendor's description is not there. */
export function describeWithSpec(path: string, name: string, body: () => void): void {
  const isThere = existsSync(join(specsFolder, path));
  if (!isThere) console.warn(`${name} is not checked: there is no ${path} in ${specsFolder}; set VENDOR_SPECS_DIR`);
  describe.skipIf(!isThere)(`${name} conforms`, () => {
    body();
  });
}
