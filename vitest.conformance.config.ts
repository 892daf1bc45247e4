import { defineConfig } from "vitest/config";

const conditions = ["@tandem/source", "module", "node", "development|production"];

/** Adapters and emulators held against the vendors' own published interfaces, read in place from `VENDOR_SPECS_DIR`. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@tandem/source"] } },
  test: {
    name: "conformance",
    environment: "node",
    pool: "forks",
    testTimeout: 60_000,
    include: ["test/conformance/**/*.test.ts"],
  },
});
