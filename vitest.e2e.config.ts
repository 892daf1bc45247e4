import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

const conditions = ["@tandem/source", "module", "node", "development|production"];

/** The whole stack as processes: embedded PostgreSQL, sandbox, API, workers and media, driven over HTTP and the command line. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@tandem/source"] } },
  test: {
    name: "e2e",
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: ["./vitest.postgres.ts", "./test/e2e/harness/build.ts"],
    pool: "forks",
    sequence: { sequencer: LongestFirst },
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
