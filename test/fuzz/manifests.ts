import { type Manifest, manifestFromContent, type ParsedManifest, parseManifest } from "@tandem/domain/manifest";
import type { Diagnostic, Json } from "@tandem/kernel";
import { type Chance, damagedText } from "./chance.ts";
import { bomb, damagedLines, forbidden, misshapen, soup } from "./manifest-damage.ts";
import { validManifest } from "./manifest-grammar.ts";
import { inAnyNotation } from "./manifest-notation.ts";
import { playbooks } from "./playbooks.ts";
import type { Judgement, Target } from "./target.ts";

const MOST_DIAGNOSTICS = 50;

/** A manifest's text, and what is known of it before it is read. */
interface Case {
  readonly text: string;
  /** `refuse`: holds what no manifest may hold · the content: says exactly this, in some notation · absent: anything. */
  readonly expected?: Json;
}

/** Playbooks as authors write them, badly written and maliciously written. */
export const manifests: Target<Case> = {
  name: "manifests",
  full: 1_000_000,
  longestMs: 50,
  make,
  judge({ text, expected }) {
    const parsed = parseManifest(new Map([["manifest.yaml", text]]));
    if (!parsed.ok) return refused(parsed, text, expected);
    if (expected === "refuse") return { kind: "accepted", violation: "accepted what no manifest may hold" };
    return accepted(parsed, expected);
  },
};

function make(chance: Chance): Case {
  const way = chance.below(1000);
  if (way < 700) return { text: soup(chance) };
  if (way < 705) return { text: damagedLines(chance, chance.pick(playbooks).text) };
  if (way < 706) return { text: bomb(chance) };
  const content = validManifest(chance);
  if (way < 780) return { text: inAnyNotation(chance, content), expected: content as Json };
  if (way < 850) return { text: inAnyNotation(chance, misshapen(chance, content)) };
  if (way < 880) return { text: forbidden(chance, inAnyNotation(chance, content)), expected: "refuse" };
  const text = inAnyNotation(chance, content);
  return { text: way < 950 ? damagedLines(chance, text) : damagedText(chance, text) };
}

function accepted(parsed: Extract<ParsedManifest, { ok: true }>, expected: Json | undefined): Judgement {
  const problem =
    problemOfAll(parsed.diagnostics, null) ??
    otherThan(parsed.hash, manifestFromContent(serialised(parsed.manifest)), "read again from its stored content") ??
    (expected === undefined
      ? null
      : otherThan(parsed.hash, manifestFromContent(expected), "the content that the notation was made of"));
  return { kind: "accepted", ...(problem !== null && { violation: problem }) };
}

const serialised = (manifest: Manifest): Json => JSON.parse(JSON.stringify(manifest)) as Json;

function otherThan(hash: string, again: ParsedManifest, what: string): string | null {
  if (!again.ok) return `accepted, but refused as ${what}`;
  return again.hash === hash ? null : `another hash than ${what}`;
}

function refused(parsed: ParsedManifest, text: string, expected: Case["expected"]): Judgement {
  const { diagnostics } = parsed;
  const first = diagnostics.find(({ severity }) => severity === "error");
  const kind = `refused: ${first?.code ?? "nothing said"}`;
  if (first === undefined) return { kind, violation: "refused without an error" };
  if (expected !== undefined && expected !== "refuse")
    return { kind, violation: `refused a valid manifest: ${first.code} ${first.path} ${first.detail}`.slice(0, 300) };
  const problem = problemOfAll(diagnostics, text);
  return { kind, ...(problem !== null && { violation: problem }) };
}

/** Every diagnostic is typed, says what to do and names a place within the text. */
function problemOfAll(diagnostics: readonly Diagnostic[], text: string | null): string | null {
  if (diagnostics.length > MOST_DIAGNOSTICS) return `${diagnostics.length} diagnostics`;
  const lines = text?.split("\n") ?? null;
  for (const diagnostic of diagnostics) {
    const problem = problemOf(diagnostic, lines);
    if (problem !== null) return `${problem} in ${diagnostic.code}: ${JSON.stringify(diagnostic).slice(0, 300)}`;
  }
  return null;
}

function problemOf(
  { code, summary, detail, fix, path, position }: Diagnostic,
  lines: readonly string[] | null,
): string | null {
  if (!/^[a-z]+(?:-[a-z0-9]+)*$/.test(code)) return "no code";
  if ([summary, detail, fix].some((each) => each.trim() === "")) return "an empty sentence";
  if (/undefined|\[object /.test(`${summary}${fix}${path}`)) return "a value that is none";
  if (position === undefined) return "no line and column";
  const { line, column } = position;
  if (!Number.isInteger(line) || !Number.isInteger(column) || line < 1 || column < 1) return "no real line and column";
  if (lines !== null && (line > lines.length || column > (lines[line - 1]?.length ?? 0) + 2)) return "a place outside";
  return null;
}
