// How much a browser loads before it shows the overview: the entry, what it imports, and the overview's own chunks.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Most script before the overview shows, compressed with gzip, the larger of the two forms we serve. */
export const MOST_SCRIPT_BYTES = 180 * 1024;
const ENTRY = "index.html";
const OVERVIEW = "src/routes/overview/overview-page.tsx";

/**
 * @param {string} site the built site
 * @returns {{scripts: {file: string, gzipBytes: number, servedBytes: number}[], styles: {file: string, gzipBytes: number, servedBytes: number}[]}}
 */
export function firstLoad(site) {
  const manifest = JSON.parse(readFileSync(join(site, ".vite/manifest.json"), "utf8"));
  const chunks = new Set();
  const visit = (name) => {
    if (chunks.has(name)) return;
    if (manifest[name] === undefined)
      throw new Error(`${name} is not in the built site; tell tools/admin-site/first-load.mjs its new name`);
    chunks.add(name);
    for (const each of manifest[name].imports ?? []) visit(each);
  };
  visit(ENTRY);
  visit(OVERVIEW);
  const sized = (files) => [...new Set(files)].map((file) => ({ file, ...sizesOf(join(site, file)) }));
  return {
    scripts: sized(["theme.js", ...[...chunks].map((name) => manifest[name].file)]),
    styles: sized([...chunks].flatMap((name) => manifest[name].css ?? [])),
  };
}

function sizesOf(path) {
  const gzipBytes = gzipSync(readFileSync(path), { level: 9 }).length;
  return { gzipBytes, servedBytes: statSync(`${path}.br`, { throwIfNoEntry: false })?.size ?? gzipBytes };
}

const sum = (files, member) => files.reduce((total, file) => total + file[member], 0);

/** @param {ReturnType<typeof firstLoad>} load */
export const isTooLarge = ({ scripts }) => sum(scripts, "gzipBytes") > MOST_SCRIPT_BYTES;

/** @param {ReturnType<typeof firstLoad>} load */
export function describeFirstLoad({ scripts, styles }) {
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  const total = `admin UI: the overview loads ${kilobytes(sum(scripts, "gzipBytes"))} of script (gzip; ${kilobytes(sum(scripts, "servedBytes"))} as brotli), ${kilobytes(sum(styles, "gzipBytes"))} of styles`;
  const most = `${kilobytes(MOST_SCRIPT_BYTES)} of script at most`;
  const parts = scripts.map(({ file, gzipBytes }) => `  ${kilobytes(gzipBytes).padStart(9)}  ${file}`);
  return isTooLarge({ scripts, styles }) ? [`${total}: too much, ${most}`, ...parts].join("\n") : `${total}; ${most}`;
}
