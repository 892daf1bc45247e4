import { spawnSync } from "node:child_process";

/** Where systems keep the browser; the first that is there is used. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Some systems have a command of that name that only tells where to get the program. */
const isBrowser = (path: string): boolean =>
  /^(Chromium|Google Chrome) \d/.test(
    spawnSync(path, ["--version"], { encoding: "utf8", timeout: 60_000 }).stdout ?? "",
  );

const found = PLACES.find(isBrowser) ?? null;

/** Path of a Chromium on this machine; null where there is none. */
export const chromiumPath = (): string | null => found;
