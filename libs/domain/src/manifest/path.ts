/** Members and indexes from the document's root. */
export type Path = readonly (string | number)[];

/** Path as people read it: `conversation.objectives[2].next`, `resources["crm.pipeline/sales"].fields`. */
export function formatPath(path: Path): string {
  return path.map((part, index) => formatPart(part, index === 0)).join("");
}

function formatPart(part: string | number, isFirst: boolean): string {
  if (typeof part === "number") return `[${part}]`;
  if (!/^[\w$-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
  return isFirst ? part : `.${part}`;
}
