// Writes the admin UI's types of the API from its OpenAPI document; with --check fails when they differ.
// Run with `node --conditions=@tandem/source --import ./tools/ts-hooks.mjs`: the document comes from the sources.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiDocument } from "./admin-api/document.mjs";
import { typesOf } from "./admin-api/types.mjs";
import { workspaceRoot } from "./projects.mjs";

const FILE = "apps/admin/src/api/generated/schema.ts";
const path = join(workspaceRoot, FILE);
const wanted = typesOf(await apiDocument());
const isFresh = existsSync(path) && readFileSync(path, "utf8") === wanted;
if (!isFresh && process.argv.includes("--check")) {
  console.error(`${FILE} differs from the OpenAPI document. Run \`npm run admin:api\`.`);
  process.exit(1);
}
if (!isFresh) writeFileSync(path, wanted);
console.log(isFresh ? `${FILE} agrees with the OpenAPI document` : `wrote ${FILE}`);
process.exit(0); // the application that made the document keeps timers
