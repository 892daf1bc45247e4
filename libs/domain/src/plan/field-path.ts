const BARE_MEMBER = /^[A-Za-z_$][\w$-]*$/;
const BARE_KEY = /^[^\s"'[\]\\]+$/;

/** An object member as part of a path: `.model`; unusual names are quoted: `["a.b"]`. */
export const memberSegment = (name: string): string =>
  BARE_MEMBER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** An array item, by its key, as part of a path: `[book]`; unusual keys are quoted. */
export const itemSegment = (key: string): string => (BARE_KEY.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`);

/** Segments as a path: the first member stands without its dot. */
export const pathOf = (segments: string): string => (segments.startsWith(".") ? segments.slice(1) : segments);

/** The names and keys of a path, in order; the empty path has none. Throws a TypeError for text that is not a path. */
export function parsePath(path: string): string[] {
  const names: string[] = [];
  for (let at = 0; at < path.length;) {
    const { name, end } = segmentAt(path, at);
    names.push(name);
    at = end;
  }
  return names;
}

/** The segment of a path that begins at `at`, and where it ends. */
export function segmentAt(path: string, at: number): { readonly name: string; readonly end: number } {
  if (path[at] !== "[") {
    const start = path[at] === "." ? at + 1 : at;
    const end = nameEnd(path, start);
    return { name: path.slice(start, end), end };
  }
  const end = bracketEnd(path, at);
  const inner = path.slice(at + 1, end - 1);
  return { name: inner.startsWith('"') ? unquoted(inner, path) : inner, end };
}

function unquoted(quoted: string, path: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new TypeError(`not a field path: ${path}`);
  }
}

function nameEnd(path: string, from: number): number {
  let end = from;
  while (end < path.length && path[end] !== "." && path[end] !== "[") end++;
  if (end === from) throw new TypeError(`not a field path: ${path}`);
  return end;
}

/** Just behind the bracket that closes the one at `at`; a quoted key may hold brackets itself. */
function bracketEnd(path: string, at: number): number {
  let close = at + 1;
  if (path[close] === '"') {
    for (close++; close < path.length && path[close] !== '"'; close++) if (path[close] === "\\") close++;
    close++;
  } else close = path.indexOf("]", at);
  if (path[close] !== "]") throw new TypeError(`not a field path: ${path}`);
  return close + 1;
}
