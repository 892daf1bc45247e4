/** A table for people: columns as wide as their widest cell, two spaces between, no lines. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "(none)";
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head.map((title) => title.toUpperCase())), ...rows.map(line)].join("\n");
}

/** An instant as people read it, to the second, in UTC. */
export const when = (instant: string | null): string =>
  instant === null ? "–" : `${instant.slice(0, 10)} ${instant.slice(11, 19)}Z`;
