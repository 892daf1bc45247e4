// Writes test/golden/journals/<engine version>/: what a worker leaves behind that dies, at every boundary of every story, for later
// engines to resume. `npm run golden:journals [-- --as 2.1]`. Journals that are kept are never written again: a version that has
// its folder is refused.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ENGINE_VERSION } from "../libs/engine/src/context.ts";
import { faultPoints } from "../libs/engine/src/index.ts";
import { fileOf, folderOf, packed } from "../test/golden/journal.ts";
import { record } from "../test/golden/record.ts";
import { stories } from "../test/golden/stories.ts";

const { values } = parseArgs({ options: { as: { type: "string", default: ENGINE_VERSION } } });
const version = values.as;
if (!/^\d+(\.\d+)*$/.test(version) || Number.parseInt(version, 10) !== Number.parseInt(ENGINE_VERSION, 10)) {
  console.error(`The engine is version ${ENGINE_VERSION}: ${version} does not name it.`);
  process.exit(1);
}
if (existsSync(folderOf(version))) {
  console.error(
    `The journals of ${version} are kept as they are. Fix: raise ENGINE_VERSION, or name a further set with --as.`,
  );
  process.exit(1);
}
const journals = [];
for (const story of stories) journals.push(await record(story));
mkdirSync(folderOf(version), { recursive: true });
let sizeBytes = 0;
for (const journal of journals) {
  const bytes = packed(journal);
  sizeBytes += bytes.length;
  writeFileSync(fileOf(version, journal.story), bytes);
  console.log(`${journal.story}: ${journal.boundaries.length} boundaries, ${bytes.length} bytes`);
}
const passed = new Set(journals.flatMap(({ boundaries }) => boundaries.map(({ point }) => point)));
console.log(`never passed: ${faultPoints.filter((point) => !passed.has(point)).join(", ") || "none"}`);
console.log(`${sizeBytes} bytes in all`);
process.exit(0);
