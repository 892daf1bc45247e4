import { run } from "../../../tools/up/processes.mjs";

/** The tests run what `npm start` runs: the built apps. */
export default async function build(): Promise<void> {
  await run("tools/generate-client.mjs", [], "The database client could not be generated.");
  const apps = ["api", "worker", "media", "sandbox", "cli"].map((app) => `apps/${app}`);
  await run("node_modules/typescript/bin/tsc", ["-b", ...apps], "The build failed; the errors are above.");
  await run("tools/build-admin.mjs", [], "The admin UI could not be built; the errors are above.");
}
