// Asks for the first administrator's link, for the launcher's own screen and nothing else.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { workspaceRoot } from "../projects.mjs";
import { nodePath } from "./processes.mjs";

/** The link; null when somebody has signed in before. With `watch` from the sources, as the apps. */
export async function firstRunLink(environment, { watch }) {
  const fromSource = ["--conditions=@tandem/source", "--import", join(workspaceRoot, "tools/ts-hooks.mjs")];
  const program = join(workspaceRoot, "apps/api", watch ? "src/first-run.ts" : "dist/first-run.js");
  const child = spawn(nodePath, [...(watch ? fromSource : []), program], {
    cwd: workspaceRoot,
    stdio: ["ignore", "pipe", "inherit"],
    env: environment,
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error("The first administrator's link could not be made; the reason is above.");
  return printed.trim() || null;
}

/** What the launcher says about the first sign-in; empty when somebody has signed in before. What runs goes on when no link could be made. */
export async function firstSignIn(environment, options) {
  try {
    const link = await firstRunLink(environment, options);
    return link === null ? "" : `\n  First sign-in (once, within a day):  ${link}\n`;
  } catch (error) {
    return `\n  ${error.message} Start again for another try.\n`;
  }
}
