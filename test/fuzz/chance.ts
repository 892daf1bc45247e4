/** Seeded randomness of one case: the same seed and number give the same case on every machine. */
export class Chance {
  #state: number;

  constructor(seed: number, number = 0) {
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)) >>> 0;
    this.next();
  }

  /** From 0 up to but not including 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to but not including `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  /** True once in `times` on average. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  list<Item>(length: number, make: (at: number) => Item): Item[] {
    return Array.from({ length }, (_, at) => make(at));
  }

  /** Text of up to `longest` characters, now and then of those that trip parsers. */
  text(longest = 20): string {
    return this.list(this.below(longest + 1), () => (this.once(6) ? this.pick(ODD) : this.pick(PLAIN))).join("");
  }
}

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789 -_.,".split("");
const ODD = [
  ..."\"'\\/:;#&*!|>%@`{}[]()<>=+~^$?\t\n\r\0\u007f\u0085\u00a0\u2028\ufeff\ufffd".split(""),
  "é",
  "漢",
  "\u{1f600}",
  "\ud800",
  "e\u0301",
  "\u202e",
  "${x}",
  "{{x}}",
  "__proto__",
];

/** Text with one character taken out, doubled, changed, or the text cut off. */
export function damagedText(chance: Chance, text: string): string {
  const at = chance.below(text.length + 1);
  const way = chance.below(5);
  if (way === 0) return text.slice(0, at) + text.slice(at + 1);
  if (way === 1) return text.slice(0, at) + (text[at] ?? "x") + text.slice(at);
  if (way === 2) return text.slice(0, at);
  if (way === 3) return text.slice(0, at) + chance.text(4) + text.slice(at);
  return (
    text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) || 65) ^ (1 << chance.below(7))) + text.slice(at + 1)
  );
}
