import { defineConfig } from "vitest/config";

const conditions = ["@tandem/source", "module", "node", "development|production"];

/** Our adapters and emulators against the vendors' own published interfaces, when those are at hand. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@tandem/source"] } },
  test: {
    name: "conformance",
    include: ["conformance/**/*.test.ts"],
    pool: "forks",
    testTimeout: 30_000,
    passWithNoTests: true,
  },
});
