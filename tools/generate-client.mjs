// Generates the Prisma client into libs/store/src/generated, only when the schema or Prisma itself has changed.
// Without models there is nothing to generate and Prisma would fail: then this does nothing.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workspaceRoot } from "./projects.mjs";

const at = (...parts) => join(workspaceRoot, ...parts);
const generated = at("libs/store/src/generated");
const models = existsSync(at("prisma/models"))
  ? readdirSync(at("prisma/models"))
      .filter((name) => name.endsWith(".prisma"))
      .sort()
  : [];

function fingerprint() {
  const hash = createHash("sha256");
  const sources = [
    "prisma/schema.prisma",
    ...models.map((name) => `prisma/models/${name}`),
    "node_modules/prisma/package.json",
  ];
  for (const source of sources) hash.update(source).update(readFileSync(at(source)));
  return hash.digest("hex");
}

if (models.length > 0) {
  const wanted = fingerprint();
  const stamp = join(generated, ".generated-from");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    const { status } = spawnSync(process.execPath, [at("node_modules/prisma/build/index.js"), "generate"], {
      cwd: workspaceRoot,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) {
      console.error("prisma generate failed (see above): the schema in prisma/ has an error.");
      process.exit(status ?? 1);
    }
    mkdirSync(generated, { recursive: true });
    writeFileSync(stamp, wanted);
  }
}
