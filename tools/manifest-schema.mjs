// Writes playbooks/manifest.schema.json (JSON Schema 2020-12, for completion in editors); `--check` fails when it is out of date.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SOURCE = "--conditions=@tandem/source";
const target = new URL("../playbooks/manifest.schema.json", import.meta.url);
const isCheck = process.argv.includes("--check");

if (process.execArgv.includes(SOURCE)) await run();
else
  process.exitCode =
    spawnSync(process.execPath, [SOURCE, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: "inherit",
    }).status ?? 1;

async function run() {
  const { manifestJsonSchema } = await import("../libs/domain/src/manifest/index.ts");
  const wanted = JSON.stringify(manifestJsonSchema(), null, 2);
  if (!isCheck) {
    writeFileSync(target, `${wanted}\n`);
    spawnSync("npx", ["oxfmt", fileURLToPath(target)], { cwd: fileURLToPath(new URL("..", import.meta.url)) });
    console.log("Wrote playbooks/manifest.schema.json.");
  } else if (present() === wanted) {
    console.log("playbooks/manifest.schema.json is up to date.");
  } else {
    console.error(
      "playbooks/manifest.schema.json is out of date: run `node tools/manifest-schema.mjs` and commit the result.",
    );
    process.exitCode = 1;
  }
}

/** What is there now, in the generator's own layout; empty when there is no file. */
function present() {
  try {
    return JSON.stringify(JSON.parse(readFileSync(target, "utf8")), null, 2);
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}
