/** What stands for label values beyond the cap. */
export const OTHER = "other";

/** Keeps a label's values few: the first `most` distinct tuples stay as they are, all later ones become `other`. */
export class LabelCap {
  readonly #most: number;
  readonly #known = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  of<Values extends readonly string[]>(...values: Values): { [Index in keyof Values]: string } {
    const key = values.join("\n");
    const isKnown = this.#known.has(key);
    if (!isKnown && this.#known.size < this.#most) this.#known.add(key);
    const shown = this.#known.has(key) ? values : values.map(() => OTHER);
    return shown as { [Index in keyof Values]: string };
  }
}
