/** Members and indexes from the document's root. */
export type Path = readonly (string | number)[];

/** Path as people read it: `conversation.objectives[2].next`, `resources["crm.pipeline/sales"].fields`. */
export function formatPath(path: Path): string {
  return path.map((part, index) => formatPart(part, index === 0)).join("");
}

/** The inverse of `formatPath`; null for what it does not write. */
export function parsePath(text: string): Path | null {
  const parts: (string | number)[] = [];
  let rest = text;
  while (rest !== "") {
    const [whole, plain, index, quoted] =
      /^(?:\.?([\w$-]+)|\[(\d{1,6})\]|\[("(?:[^"\\]|\\.)*")\])/.exec(rest) ?? ([] as undefined[]);
    if (whole === undefined) return null;
    if (index !== undefined) parts.push(Number(index));
    else parts.push(plain ?? (JSON.parse(quoted ?? '""') as string));
    rest = rest.slice(whole.length);
  }
  return parts;
}

function formatPart(part: string | number, isFirst: boolean): string {
  if (typeof part === "number") return `[${part}]`;
  if (!/^[\w$-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
  return isFirst ? part : `.${part}`;
}
