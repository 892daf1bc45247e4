import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** How a body is coded on the wire. */
export type Coding = "br" | "gzip" | "identity";

/** One file of the admin UI, in every form that the build wrote. */
export interface SiteFile {
  readonly contentType: string;
  /** Of the plain form, quoted. */
  readonly etag: string;
  /** True when its name changes with its content. */
  readonly isImmutable: boolean;
  readonly bodies: Readonly<Partial<Record<Coding, Buffer>>> & { readonly identity: Buffer };
}

/** The built admin UI: address → file. All of it is in memory, about a megabyte: no request names a file of the disk. */
export type SiteFiles = ReadonlyMap<string, SiteFile>;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Reads what the build wrote; null when there is no build. */
export function readSite(folder: string): SiteFiles | null {
  if (!existsSync(join(folder, "index.html"))) return null;
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => extname(name) in TYPES);
  return new Map(names.map((name) => [`/${name}`, readFile(folder, name)]));
}

function readFile(folder: string, name: string): SiteFile {
  const identity = readFileSync(join(folder, name));
  const compressed = (coding: Coding, suffix: string): Partial<Record<Coding, Buffer>> => {
    const path = join(folder, `${name}${suffix}`);
    return existsSync(path) ? { [coding]: readFileSync(path) } : {};
  };
  return {
    contentType: TYPES[extname(name)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(identity).digest("base64url").slice(0, 22)}"`,
    isImmutable: name.startsWith("assets/"),
    bodies: { identity, ...compressed("gzip", ".gz"), ...compressed("br", ".br") },
  };
}

/** The smallest form that the client takes. A coding with `q=0` is refused. */
export function chooseCoding(file: SiteFile, acceptEncoding: string | undefined): Coding {
  const accepted = new Map(
    (acceptEncoding ?? "").split(",").map((part): [string, boolean] => {
      const [name = "", ...parameters] = part.split(";").map((each) => each.trim().toLowerCase());
      return [name, !parameters.some((each) => /^q=0(\.0*)?$/.test(each))];
    }),
  );
  const takes = (coding: Coding): boolean => accepted.get(coding) ?? accepted.get("*") ?? false;
  return (["br", "gzip"] as const).find((coding) => file.bodies[coding] !== undefined && takes(coding)) ?? "identity";
}
