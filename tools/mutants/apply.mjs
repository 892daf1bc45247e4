// How a mutant is applied: exact text in a file is replaced by another, and nothing else.
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The places a mutant changes; most change one. */
export const patchesOf = ({ patches, file, find, replace }) => patches ?? [{ file, find, replace }];

/** The text with a patch applied. Throws when what it looks for is not there exactly once: the mutant has to be brought up to date. */
export function patched(text, { file, find, replace }, name) {
  const pieces = text.split(find);
  if (pieces.length !== 2) throw new Error(`mutant "${name}": found ${pieces.length - 1} times in ${file}: ${find}`);
  return pieces.join(replace);
}

/** Absolute file name → its text with the mutant in it. Throws for a mutant that does not fit. */
export function mutatedFiles(mutant) {
  const files = new Map();
  for (const patch of patchesOf(mutant)) {
    const file = ROOT + patch.file;
    // By its URL: files named by text are answered by the hook, mutated already.
    files.set(file, patched(files.get(file) ?? readFileSync(pathToFileURL(file), "utf8"), patch, mutant.name));
  }
  return files;
}
