/** A node of the graph: what it is called and what must come before it. */
export interface Ordered {
  readonly address: string;
  readonly dependsOn: readonly string[];
}

/** Resources so that each comes after what it depends on, otherwise by address; and those that are part of a cycle. */
export function inOrder<Item extends Ordered>(
  items: readonly Item[],
): { readonly ordered: readonly Item[]; readonly cyclic: readonly Item[] } {
  const waiting = items.toSorted((left, right) =>
    left.address < right.address ? -1 : left.address > right.address ? 1 : 0,
  );
  const names = new Set(waiting.map((item) => item.address));
  const done = new Set<string>();
  const ordered: Item[] = [];
  for (;;) {
    const index = waiting.findIndex((item) =>
      item.dependsOn.every((address) => done.has(address) || !names.has(address)),
    );
    if (index === -1) return { ordered, cyclic: waiting };
    const [item] = waiting.splice(index, 1) as [Item];
    ordered.push(item);
    done.add(item.address);
  }
}
