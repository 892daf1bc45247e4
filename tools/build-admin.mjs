// `npm run build:admin`, and part of `npm start`: the admin UI as files that the API serves, with their compressed forms beside them.
// Does nothing while its sources are those of the last build; --force builds anyway. Fails when the first load has grown too large.
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { writeCompressed } from "./admin-site/compress.mjs";
import { describeFirstLoad, firstLoad, isTooLarge } from "./admin-site/first-load.mjs";
import { workspaceRoot } from "./projects.mjs";

const folder = join(workspaceRoot, "apps/admin");
const site = join(folder, "dist/site");
const stamp = join(folder, "dist/built-from");

/** Everything that the build reads. */
function sourcesHash() {
  const files = [
    ...globSync("apps/admin/{src,public}/**/*", { cwd: workspaceRoot, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
    ...globSync("libs/kernel/src/**/*.ts", { cwd: workspaceRoot }).map((file) => join(workspaceRoot, file)),
    ...globSync("docs/runbooks/*.md", { cwd: workspaceRoot }).map((file) => join(workspaceRoot, file)),
    ...["apps/admin/index.html", "apps/admin/vite.config.ts", "apps/admin/package.json", "package-lock.json"].map(
      (file) => join(workspaceRoot, file),
    ),
    ...globSync("tools/{build-admin.mjs,admin-site/*.mjs}", { cwd: workspaceRoot }).map((file) =>
      join(workspaceRoot, file),
    ),
  ].filter((file) => !/\.(test|setup)\.tsx?$/.test(file));
  const hash = createHash("sha256");
  for (const file of files.toSorted())
    hash.update(file.slice(workspaceRoot.length)).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

const wanted = sourcesHash();
const isFresh = existsSync(join(site, "index.html")) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
if (!isFresh || process.argv.includes("--force")) {
  process.env.NODE_ENV = "production"; // tests set another one, and React would come with its checks
  await build({ configFile: join(folder, "vite.config.ts"), logLevel: "warn" });
  await writeCompressed(site);
  const load = firstLoad(site);
  console.log(describeFirstLoad(load));
  if (isTooLarge(load)) process.exit(1);
  writeFileSync(stamp, wanted);
}
