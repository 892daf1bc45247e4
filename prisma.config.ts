import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

// Prisma downloads a native schema engine for every command. This one runs the WASM build of the same engine from npm.
// Set PRISMA_SCHEMA_ENGINE_BINARY to use another engine; on Windows (no shebang) Prisma's own download is used.
if (process.platform !== "win32") {
  process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= fileURLToPath(
    new URL("tools/prisma-schema-engine.mjs", import.meta.url),
  );
}
process.env["CHECKPOINT_DISABLE"] ??= "1";

export default defineConfig({
  schema: "prisma",
  migrations: { path: "prisma/migrations" },
  datasource: {
    url: process.env["TANDEM_DATABASE_OWNER_URL"] ?? "postgresql://postgres@127.0.0.1:15432/tandem",
  },
});
