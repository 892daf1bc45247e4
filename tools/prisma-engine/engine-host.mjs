// Runs Prisma's WASM schema engine and irons out where it differs from the native one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { createConnectionFactory } from "./connection.mjs";
import { createDatabase } from "./database-commands.mjs";

const glueFile = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
const NAMES = { getDatabaseVersion: "version" }; // where the WASM build calls a method differently
const NEEDS_MIGRATIONS_CACHED = new Set(["evaluateDataLoss", "createMigration"]);

/** The commit the engine was built from, as `--version` of the native engine prints it. */
export function engineVersion() {
  return JSON.parse(readFileSync(join(dirname(glueFile), "package.json"), "utf8"))
    .version.split(".")
    .at(-1);
}

async function loadEngineModule() {
  const glue = await import(glueFile);
  const bytes = readFileSync(join(dirname(glueFile), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

/**
 * @param {object} options
 * @param {[path: string, text: string][]} options.datamodels
 * @param {{url: string, shadowDatabaseUrl?: string}} options.datasource
 * @param {(message: string) => void} options.onLog
 */
export function createEngineHost({ datamodels, datasource, onLog }) {
  let loading;
  let errors;

  /** Each request gets a new engine: one that has used its shadow database cannot open a second. */
  async function withEngine(work) {
    const glue = await (loading ??= loadEngineModule());
    const { factory, closeAll } = createConnectionFactory(datasource);
    const bound = bindMigrationAwareSqlAdapterFactory(factory);
    errors = bound.errorRegistry;
    try {
      const models = datamodels.length > 0 ? datamodels : undefined;
      return await work(
        await glue.SchemaEngine.new({ datamodels: models }, (message) => onLog(String(message)), bound),
      );
    } finally {
      await closeAll();
    }
  }

  return {
    /** Answers one JSON-RPC request; `print` sends text for the user to the CLI. */
    async call(method, params, print) {
      if (method === "createDatabase") return createDatabase(params?.datasource?.url ?? datasource.url);
      return withEngine(async (engine) => {
        // These two read "the schema after the migrations" from a cache that only the diagnostic call fills.
        if (NEEDS_MIGRATIONS_CACHED.has(method)) {
          await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
        }
        const result = await engine[NAMES[method] ?? method](params);
        if (method !== "diff") return result ?? null;
        if (result.stdout) print(result.stdout);
        return { exitCode: result.exitCode };
      });
    },

    /** Errors of the connection come back from WASM as "External error id#N"; this finds the one that was thrown. */
    originalOf(thrown) {
      const id = /External error id#(\d+)/.exec(thrown?.message ?? "")?.[1];
      return (id && errors?.consumeError(Number(id))?.error) || thrown;
    },
  };
}
