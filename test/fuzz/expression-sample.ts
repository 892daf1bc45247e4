import type { Chance } from "./chance.ts";

/** Texts that match a regular expression, made up from its source; null where it uses what this reader does not know. */
export function textMatching(chance: Chance, source: string, flags = ""): string | null {
  const isWhole = new RegExp(source, flags.replace(/[gy]/g, ""));
  for (let attempt = 0; attempt < 8; attempt++) {
    const text = new Reader(chance, source).read();
    if (text === null) return null;
    if (isWhole.test(text)) return text;
  }
  return null;
}

const CLASSES: Readonly<Record<string, string>> = {
  d: "0123456789",
  w: "abcXYZ019_",
  s: " ",
  D: "x- ",
  W: "-. ",
  S: "x9-",
};
const ANY = "abcXYZ019 _-.:/ü";

/** Walks the source once and writes what it says. */
class Reader {
  readonly #chance: Chance;
  readonly #source: string;
  #at = 0;
  #isKnown = true;

  constructor(chance: Chance, source: string) {
    this.#chance = chance;
    this.#source = source;
  }

  read(): string | null {
    const text = this.#alternatives();
    return this.#isKnown && this.#at >= this.#source.length ? text : null;
  }

  #alternatives(): string {
    const found = [this.#sequence()];
    while (this.#source[this.#at] === "|") {
      this.#at += 1;
      found.push(this.#sequence());
    }
    return this.#chance.pick(found);
  }

  #sequence(): string {
    let text = "";
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at] ?? "")) text += this.#quantified();
    return text;
  }

  #quantified(): string {
    const start = this.#at;
    const first = this.#atom();
    const end = this.#at;
    const times = this.#times();
    const after = this.#at;
    let text = times === 0 ? "" : first;
    for (let again = 1; again < times; again++) {
      this.#at = start;
      text += this.#atom();
      this.#at = end;
    }
    this.#at = after;
    return text;
  }

  #times(): number {
    const [whole = "", least, comma, most] =
      /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at)) ?? [];
    this.#at += whole.length;
    if (whole === "") return 1;
    if (whole.startsWith("*")) return this.#chance.below(5);
    if (whole.startsWith("+")) return this.#chance.between(1, 5);
    if (whole.startsWith("?")) return this.#chance.below(2);
    const from = Number(least);
    if (comma === "") return from;
    return this.#chance.between(from, Math.min(most === "" ? from + 5 : Number(most), from + 12));
  }

  #atom(): string {
    const letter = this.#source[this.#at++] ?? "";
    if (letter === "^" || letter === "$") return "";
    if (letter === ".") return this.#chance.pick(ANY.split(""));
    if (letter === "[") return this.#class();
    if (letter === "\\") return this.#escape();
    if (letter === "(") return this.#group();
    return letter;
  }

  #group(): string {
    const [opening = ""] = /^\?(?::|<?[=!]|<\w+>)/.exec(this.#source.slice(this.#at)) ?? [];
    this.#at += opening.length;
    const text = this.#alternatives();
    this.#at += 1;
    return /^\?<?[=!]/.test(opening) ? "" : text;
  }

  #escape(): string {
    const letter = this.#source[this.#at++] ?? "";
    if (letter === "p" || letter === "P") {
      this.#at = this.#source.indexOf("}", this.#at) + 1;
      return "a";
    }
    if (letter === "b" || letter === "B") return "";
    if (letter === "u" || letter === "x") return this.#code(letter);
    const control = { n: "\n", t: "\t", r: "\r", 0: "\0" }[letter];
    if (control !== undefined) return control;
    if (/[1-9k]/.test(letter)) this.#isKnown = false;
    return CLASSES[letter] === undefined ? letter : this.#chance.pick(CLASSES[letter].split(""));
  }

  #code(kind: string): string {
    const [whole = "", braced, plain] = /^(?:\{([\da-f]+)\}|([\da-f]{2,4}))/i.exec(this.#source.slice(this.#at)) ?? [];
    const digits = braced ?? plain?.slice(0, kind === "x" ? 2 : 4) ?? "";
    this.#at += braced === undefined ? digits.length : whole.length;
    return digits === "" ? kind : String.fromCodePoint(Number.parseInt(digits, 16));
  }

  #class(): string {
    const isNot = this.#source[this.#at] === "^";
    if (isNot) this.#at += 1;
    const members: string[] = [];
    while (this.#at < this.#source.length && (this.#source[this.#at] !== "]" || members.length === 0)) {
      const one = this.#member();
      if (this.#source[this.#at] === "-" && this.#source[this.#at + 1] !== "]" && one.length === 1) {
        this.#at += 1;
        members.push(...between(one, this.#member()));
      } else members.push(one);
    }
    this.#at += 1;
    if (!isNot) return this.#chance.pick(members);
    return this.#chance.pick(ANY.split("").filter((each) => !members.includes(each)));
  }

  #member(): string {
    const letter = this.#source[this.#at++] ?? "";
    return letter === "\\" ? this.#escape() : letter;
  }
}

function between(first: string, last: string): string[] {
  const [from, to] = [first.codePointAt(0) ?? 0, last.codePointAt(0) ?? 0];
  const middle = (from + to) >> 1;
  return [from, middle, to].map((code) => String.fromCodePoint(code));
}
