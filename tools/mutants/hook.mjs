// `node --import ./tools/mutants/hook.mjs`: modules and files of the mutant in TANDEM_MUTANT are read with its text; the tree is not touched.
import fs from "node:fs";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import { fileURLToPath } from "node:url";
import { replaced } from "./present.mjs";

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const text = url.startsWith("file:") ? replaced.get(fileURLToPath(url.replace(/[?#].*$/, ""))) : undefined;
    return text === undefined ? loaded : { ...loaded, source: text };
  },
});

// Migrations are no modules.
const { readFileSync } = fs;
fs.readFileSync = (file, options) => {
  const text = typeof file === "string" && file.endsWith(".sql") ? replaced.get(file) : undefined;
  return text ?? readFileSync(file, options);
};
syncBuiltinESMExports();
