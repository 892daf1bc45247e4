import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync } from "rolldown/utils";
import { Chance } from "./chance.ts";
import { textMatching } from "./expression-sample.ts";
import { emptyTally, type Tally } from "./target.ts";

const ROOT = join(import.meta.dirname, "../..");
/** A text this long may take this long: more is no linear search any more. */
const LONGEST = 65_536;
const LIMIT_MS = 60;
const LENGTHS = [12, 16, 20, 24, 28, 32, 64, 256, 1024, 4096, 16_384, LONGEST];

/** A regular expression written in our sources. */
interface Expression {
  readonly at: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression of our sources, apart from tests and generated code. */
export function ourExpressions(): Expression[] {
  const files = ["apps/*/src/**/*.ts", "libs/*/src/**/*.ts", "libs/adapters/*/src/**/*.ts"].flatMap((pattern) =>
    globSync(pattern, { cwd: ROOT, exclude: (name) => ["node_modules", "dist", "generated"].includes(name) }),
  );
  return files
    .filter((file) => !/\.(test|contract)\.ts$|\/(test|testing|sandbox)\//.test(file) && !file.endsWith("/sandbox.ts"))
    .flatMap(expressionsIn);
}

function expressionsIn(file: string): Expression[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const { program } = parseSync(file, text, { lang: "ts" });
  const found: Expression[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, regex, start } = node as {
      type?: string;
      regex?: { pattern: string; flags: string } | null;
      start?: number;
    };
    if (type === "Literal" && regex !== null && regex !== undefined) {
      const line = text.slice(0, start).split("\n").length;
      found.push({ at: `${relative("", file)}:${line}`, source: regex.pattern, flags: regex.flags });
    }
    for (const child of Object.values(node)) walk(child);
  };
  walk(program);
  return found;
}

/** Pumps every expression with texts that nearly match; one that grows faster than its text is a violation. */
export function tryExpressions(seed: number): Tally {
  const tally = emptyTally();
  for (const [number, expression] of ourExpressions().entries()) {
    const slow = slowest(new Chance(seed, number), expression);
    tally.cases += 1;
    tally.slowestMs = Math.max(tally.slowestMs, slow.tookMs);
    const kind = slow.tookMs > LIMIT_MS ? "refused: super-linear" : "accepted";
    tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
    if (slow.tookMs <= LIMIT_MS) continue;
    const violation = `${expression.at}: /${expression.source}/ takes ${slow.tookMs.toFixed(0)} ms for ${slow.length} characters`;
    tally.failures.push({
      target: "expressions",
      origin: `${seed}/${number}`,
      violation,
      given: { ...expression, pump: slow.pump },
    });
  }
  return tally;
}

function slowest(chance: Chance, { source, flags }: Expression): { tookMs: number; length: number; pump: string } {
  let worst = { tookMs: 0, length: 0, pump: "" };
  for (const pump of pumpsOf(chance, source, flags))
    for (const end of ["\0", "!", ""]) {
      const found = climb(source, flags, pump, end);
      if (found.tookMs > worst.tookMs) worst = { ...found, pump };
      if (worst.tookMs > LIMIT_MS) return worst;
    }
  return worst;
}

/** Longer and longer texts, until one takes too long: an expression that doubles its time with each letter is stopped early. */
function climb(source: string, flags: string, pump: string, end: string): { tookMs: number; length: number } {
  let worst = { tookMs: 0, length: 0 };
  for (const length of LENGTHS) {
    const text = pump.repeat(Math.ceil(length / pump.length)).slice(0, length) + end;
    const tookMs = Math.min(
      timed(source, flags, text),
      worst.tookMs > LIMIT_MS / 4 ? timed(source, flags, text) : Infinity,
    );
    if (tookMs > worst.tookMs) worst = { tookMs, length };
    if (tookMs > LIMIT_MS) return { tookMs: Math.min(tookMs, timed(source, flags, text)), length };
  }
  return worst;
}

function timed(source: string, flags: string, text: string): number {
  const expression = new RegExp(source, flags);
  const before = process.threadCpuUsage();
  if (flags.includes("g")) text.replaceAll(expression, "");
  else expression.test(text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** Letters and short texts out of the expression, and pieces of what it matches. */
function pumpsOf(chance: Chance, source: string, flags: string): ReadonlySet<string> {
  const letters = source
    .replaceAll(/\\[dwsDWSbBpPux]|[\\^$()[\]{}?+*|.]/g, "")
    .split("")
    .slice(0, 12);
  const pumps = new Set(["a", "0", " ", "\n", "-", "/", "[", "(", "{", "<", "`", "*", ...letters]);
  for (let times = 0; times < 6; times++) {
    const text = textMatching(chance, source, flags);
    if (text === null || text === "") continue;
    pumps.add(text.slice(0, 64));
    pumps.add(text.slice(-chance.between(1, 4)));
    pumps.add(text.slice(0, chance.between(1, 4)));
  }
  return pumps;
}
