import { type Chance, damagedText } from "./chance.ts";

/** Pieces that mean something to a YAML parser. */
const PIECES = [
  ..."a|:| |\n|- |? |[|]|{|}|,|\"|'|>|&x |*x|!t |!!binary |#|---\n|...\n|%YAML 1.2\n|%TAG ! x\n|\t|\\|@|`|<<: |0|ü|\r\n|\ufeff|\u0085|\u2028".split(
    "|",
  ),
  "|",
  "|2\n",
  "manifest: 1\n",
  "__proto__: ",
  "constructor: ",
  "\ud800",
  "\u0000",
  "=",
  "~",
];

/** Pieces of YAML in no sensible order. */
export const soup = (chance: Chance): string => chance.list(chance.between(1, 50), () => chance.pick(PIECES)).join("");

/** A text with up to five lines lost, doubled, moved, indented, bitten, or replaced by pieces of YAML. */
export function damagedLines(chance: Chance, text: string): string {
  const lines = text.split("\n");
  for (let times = chance.between(1, 5); times > 0; times--) {
    const at = chance.below(lines.length);
    const line = lines[at] ?? "";
    const way = chance.below(8);
    if (way === 0) lines.splice(at, 1);
    else if (way === 1) lines.splice(at, 0, line);
    else if (way === 2) lines[at] = `${" ".repeat(chance.below(5))}${line}`;
    else if (way === 3) lines[at] = `\t${line}`;
    else if (way === 4) lines[at] = line.replace(/:.*/, `: ${chance.pick(WRONG)}`);
    else if (way === 5) lines[at] = line + chance.pick(PIECES);
    else lines[at] = damagedText(chance, line);
  }
  return lines.join("\n");
}

const WRONG = [
  "+15551234567",
  "no",
  "1e400",
  ".inf",
  "0x1F",
  "[[]]",
  "{}",
  "null",
  "-0",
  '"{{parameters.x}}"',
  "2026-01-01",
];

/** A value with one place replaced by something of another shape. */
export function misshapen(chance: Chance, value: unknown): unknown {
  if (typeof value !== "object" || value === null || chance.once(8)) return anything(chance);
  if (Array.isArray(value)) {
    if (value.length === 0) return [anything(chance)];
    const at = chance.below(value.length);
    return value.with(at, misshapen(chance, value[at]));
  }
  const names = Object.keys(value);
  const name = names.length === 0 || chance.once(12) ? chance.pick(NAMES) : chance.pick(names);
  return { ...value, [name]: misshapen(chance, (value as Record<string, unknown>)[name]) };
}

const NAMES = ["extra", "constructor", "toString", "$file", "$ref", "hasOwnProperty", "", " ", "a.b", "漢"];

function anything(chance: Chance, depth = 0): unknown {
  const way = chance.below(depth > 2 ? 6 : 9);
  if (way === 0) return null;
  if (way === 1) return chance.once(2);
  if (way === 2) return chance.pick([0, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER, 15551234567]);
  if (way <= 5) return chance.pick([chance.text(30), "", "{{parameters.nope}}", "{{", "constructor", "x".repeat(5000)]);
  if (way === 6) return chance.list(chance.below(4), () => anything(chance, depth + 1));
  return Object.fromEntries(chance.list(chance.below(4), () => [chance.pick(NAMES), anything(chance, depth + 1)]));
}

/** Documents that must be refused whatever else they say: what configuration has no need for and parsers trip over. */
export function forbidden(chance: Chance, text: string): string {
  const body = text.endsWith("\n") ? text : `${text}\n`;
  return chance.pick([
    () => `${body}extra: &x 1\n`,
    () => `${body}extra: !!js/function x\n`,
    () => `${body}extra: *x\n`,
    () => `${body}manifest: 1\nmanifest: 1\n`,
    () => `${body}__proto__: {}\n`,
    () => `${body}extra: ${"[".repeat(60)}${"]".repeat(60)}\n`,
    () => `${body}? {a: 1}\n: 2\n`,
    () => `${body}---\na: 1\n`,
    () => `${body}extra: "open\n`,
  ])();
}

/** Large and nested documents of the kinds that have brought parsers down. */
export function bomb(chance: Chance): string {
  const size = chance.pick([2_000, 20_000, 200_000, 262_143, 262_144, 262_145, 1_000_000]);
  const many = (make: (at: number) => string, each: number): string =>
    Array.from({ length: Math.ceil(size / each) }, (_, at) => make(at)).join("");
  return chance.pick([
    () => `manifest: 1\n${many((at) => `k${at}: 1\n`, 9)}`,
    () => `manifest: 1\n${many(() => "k: 1\n", 5)}`,
    () => `manifest: 1\nparameters:\n${many((at) => `  p${at}: {type: text}\n`, 24)}`,
    () => `title: "${"x".repeat(size)}"`,
    () => `title: '${"'".repeat(size)}'`,
    () => `title: |\n${many(() => "  y\n", 4)}`,
    () => "[".repeat(size),
    () => "{a: ".repeat(size / 4),
    () => "- ".repeat(size / 2),
    () => many(() => "? ", 2),
    () => `a: [${many(() => "x,", 2)}]`,
    () => `a0: &a0 [x]\n${many((at) => `a${at + 1}: &a${at + 1} [*a${at},*a${at}]\n`, 24)}`,
    () => `${" ".repeat(size)}a: 1`,
    () => "#".repeat(size),
    () => "\n".repeat(size),
    () => `${many(() => "ü", 2)}: 1`,
    () => `title: "{{${"parameters.".repeat(size / 11)}}}"`,
    () => `title: "${"{{".repeat(size / 2)}"`,
    () => `a: ${"!".repeat(size)}`,
    () => `"${"\\u0041".repeat(size / 6)}": 1`,
  ])();
}
