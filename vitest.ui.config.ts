import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";
import { chromiumPath } from "./test/e2e/harness/chromium.ts";

const conditions = ["@tandem/source", "module", "node", "development|production"];
const hasBrowser = chromiumPath() !== null;
if (!hasBrowser) console.warn("the admin UI in a real browser: skipped, no Chromium here (apt-get install chromium)");

/** The admin UI in a real browser against the whole stack: one installation a file (test/ui/harness/ui.ts). */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@tandem/source"] } },
  test: {
    name: "ui",
    include: hasBrowser ? ["test/ui/**/*.test.ts"] : [],
    passWithNoTests: !hasBrowser,
    globalSetup: hasBrowser ? ["./vitest.postgres.ts", "./test/e2e/harness/build.ts"] : [],
    pool: "forks",
    sequence: { sequencer: LongestFirst },
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
