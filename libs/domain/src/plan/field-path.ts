const BARE_MEMBER = /^[A-Za-z_$][\w$-]*$/;
const BARE_KEY = /^[^\s"'[\]\\]+$/;

/** A path with one more object member: `voice` + `model` → `voice.model`; unusual names are quoted: `voice["a.b"]`. */
export function memberPath(path: string, name: string): string {
  if (!BARE_MEMBER.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** A path with one more array item, by its key: `tools` + `book` → `tools[book]`; unusual keys are quoted. */
export const itemPath = (path: string, key: string): string =>
  BARE_KEY.test(key) ? `${path}[${key}]` : `${path}[${JSON.stringify(key)}]`;

const SEGMENT = /\.?([^.[\]"]+)|\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]/gy;

/** The names and keys of a path, in order; the empty path has none. Throws a TypeError for text that is not a path. */
export function parsePath(path: string): string[] {
  const segments: string[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < path.length) {
    const match = SEGMENT.exec(path);
    if (match === null) throw new TypeError(`not a field path: ${path}`);
    const [, name, quoted, key] = match;
    segments.push(quoted === undefined ? (name ?? key ?? "") : (JSON.parse(`"${quoted}"`) as string));
  }
  return segments;
}
