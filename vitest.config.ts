import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { listProjects } from "./tools/projects.mjs";

const conditions = ["@tandem/source", "module", "node", "development|production"];
const NEST_LAYERS = ["api", "worker"];

/** One Vitest project per workspace project, named after its folder: `npx vitest run --project store`. */
const workspaceProjects = listProjects().map(({ folder, shortName, layer }) => ({
  extends: true as const,
  root: folder,
  ...(NEST_LAYERS.includes(layer ?? "") && { oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } } }),
  ...(layer === "admin" && { oxc: { jsx: { runtime: "automatic" as const } } }),
  test: {
    name: shortName,
    include: ["src/**/*.test.{ts,tsx}"],
    ...(layer === "admin" && { environment: "happy-dom", setupFiles: ["src/testing/browser.setup.ts"] }),
  },
}));

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@tandem/source"] } },
  test: {
    environment: "node",
    globalSetup: ["./vitest.postgres.ts"],
    pool: "forks",
    isolate: false, // a process for each worker, not for each file: files close what they open and leave no global changed
    maxWorkers: Math.max(4, availableParallelism()), // most of them wait for sockets, timers and audio in real time
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
    coverage: { provider: "v8", include: ["apps/*/src/**/*.ts", "libs/**/src/**/*.ts"], exclude: ["**/generated/**"] },
    projects: [
      ...workspaceProjects,
      {
        extends: true as const,
        root: "tools",
        test: { name: "tools", include: ["**/*.test.ts"], testTimeout: 60_000 },
      },
    ],
  },
});
