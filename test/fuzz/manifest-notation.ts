import type { Chance } from "./chance.ts";

type Value = unknown;

const BARE = /^[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*$/;
const MEANINGFUL = /^(?:null|true|false|~)$/i;
const PRINTABLE = /^[^\p{Cc}\u2028\u2029\ufeff]*$/u;
const BLOCK_TEXT = /^[^\s#-][^\p{Cc}\u2028\u2029\ufeff]*(?:\n[^\s#-][^\p{Cc}\u2028\u2029\ufeff]*)+$/u;

/** A JSON value written as YAML in one of its many notations, members in any order; what it says is the same in all. */
export function inAnyNotation(chance: Chance, value: Value): string {
  const text = chance.once(12) ? JSON.stringify(value) : new Notation(chance).write(value);
  const begun = chance.once(4) ? `---\n${text}` : text;
  const commented = chance.once(3) ? `# said first\n${begun}\n# said last\n` : `${begun}\n`;
  const ended = chance.once(5) ? commented.replaceAll("\n", "\r\n") : commented;
  return chance.once(8) ? `\ufeff${ended}` : ended;
}

class Notation {
  readonly #chance: Chance;
  readonly #step: number;

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#step = chance.between(1, 4);
  }

  write(value: Value): string {
    return this.#block(value, 0).trimStart();
  }

  /** In block style, beginning on a line of its own. */
  #block(value: Value, indent: number): string {
    const pad = " ".repeat(indent);
    if (Array.isArray(value) && value.length > 0 && !this.#chance.once(6))
      return value.map((item: Value) => `\n${pad}-${this.#after(item, indent)}`).join("");
    if (isMapping(value) && Object.keys(value).length > 0 && !this.#chance.once(8))
      return this.#shuffled(value)
        .map(([name, member]) => `${this.#comment(pad)}\n${pad}${this.#key(name)}:${this.#after(member, indent)}`)
        .join("");
    return ` ${this.#line(value, indent)}`;
  }

  /** What follows a `-` or a `key:`. */
  #after(value: Value, indent: number): string {
    if (typeof value === "object" && value !== null) return this.#block(value, indent + this.#step);
    return ` ${this.#line(value, indent)}`;
  }

  #line(value: Value, indent: number): string {
    if (typeof value === "string" && BLOCK_TEXT.test(value) && this.#chance.once(2)) {
      const pad = " ".repeat(indent + this.#step);
      return `|-\n${value
        .split("\n")
        .map((line) => pad + line)
        .join("\n")}`;
    }
    return this.#within(value);
  }

  /** In one line, also between brackets. */
  #within(value: Value): string {
    if (Array.isArray(value)) return `[${value.map((item: Value) => this.#within(item)).join(this.#comma())}]`;
    if (isMapping(value))
      return `{${this.#shuffled(value)
        .map(([name, member]) => `${this.#key(name)}: ${this.#within(member)}`)
        .join(this.#comma())}}`;
    if (typeof value === "string") return this.#text(value);
    if (value === null) return this.#chance.pick(["null", "~", "Null"]);
    if (typeof value === "boolean") return this.#chance.pick(value ? ["true", "True", "TRUE"] : ["false", "False"]);
    return JSON.stringify(value);
  }

  #text(value: string): string {
    const way = this.#chance.below(3);
    if (way === 0 && BARE.test(value) && !MEANINGFUL.test(value)) return value;
    if (way === 1 && PRINTABLE.test(value)) return `'${value.replaceAll("'", "''")}'`;
    return JSON.stringify(value);
  }

  readonly #key = (name: string): string => this.#text(name);
  readonly #comma = (): string => this.#chance.pick([",", ", ", " , "]);
  readonly #comment = (pad: string): string => (this.#chance.once(25) ? `\n${pad}# a word: [aside]` : "");

  #shuffled(mapping: Record<string, Value>): [string, Value][] {
    const members = Object.entries(mapping);
    for (let at = members.length - 1; at > 0; at--) {
      const other = this.#chance.below(at + 1);
      [members[at], members[other]] = [members[other] as [string, Value], members[at] as [string, Value]];
    }
    return members;
  }
}

const isMapping = (value: Value): value is Record<string, Value> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
