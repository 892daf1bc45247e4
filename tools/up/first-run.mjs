// Asks for the first administrator's link, for the launcher's own screen and nothing else.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { workspaceRoot } from "../projects.mjs";
import { nodePath } from "./processes.mjs";

/** The link; null when somebody has signed in before. */
export async function firstRunLink(environment, { watch }) {
  const flags = watch ? ["--conditions=@tandem/source"] : [];
  const child = spawn(nodePath, [...flags, join(workspaceRoot, "tools/first-run.mjs")], {
    cwd: workspaceRoot,
    stdio: ["ignore", "pipe", "inherit"],
    env: environment,
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error("The first administrator's link could not be made; the reason is above.");
  return printed.trim() || null;
}
