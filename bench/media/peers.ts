// The peers live beside the benchmark, outside the workspace and its lockfile; they are installed the first time they are needed.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const arePresent = (): boolean =>
  ["@openai/agents-extensions", "@livekit/agents", "@livekit/rtc-node"].every((name) =>
    existsSync(`${folder}node_modules/${name}/package.json`),
  );

/** True when the peers can run; false, with the reason told, when they cannot be installed here. */
export function ensurePeers(): boolean {
  if (arePresent()) return true;
  console.log("Installing the peers of this benchmark into bench/node_modules (about 460 MB, once) …");
  try {
    execFileSync("npm", ["ci", "--no-progress"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  } catch {
    console.log(
      "The peers cannot be installed (is the registry out of reach?): only ours and the bare relay are measured.",
    );
  }
  return arePresent();
}
