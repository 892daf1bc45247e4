import { fileURLToPath } from "node:url";
import { mergeConfig } from "vitest/config";
import config from "../../vitest.config.ts";
// @ts-expect-error plain JavaScript
import { replaced } from "./present.mjs";

const texts = replaced as ReadonlyMap<string, string>;

/** The usual projects, with the sources of the mutant in TANDEM_MUTANT. */
export default mergeConfig(config, {
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: { fsModuleCache: false }, // what is kept there knows nothing of mutants
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      transform: (_code: string, id: string) => texts.get(id.replace(/\?.*$/, "")) ?? null,
    },
  ],
});
