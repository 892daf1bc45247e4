import type { Diagnostic, Json, SourcePosition } from "@tandem/kernel";
import { z } from "zod";
import { closestName, suggestion } from "./closest-name.ts";
import { formatPath, type Path } from "./path.ts";
import { membersAt } from "./schema-members.ts";

/** What is known about the document that an issue was found in. */
export interface IssueContext {
  /** Where a path stands, when the document has positions. */
  readonly positionOf?: (path: Path) => SourcePosition;
  /** The characters of an unquoted scalar at a path; null when there is none. */
  readonly plainTextAt?: (path: Path) => string | null;
  readonly schema: z.ZodType;
  readonly value: Json;
  /** Put before every path. */
  readonly base?: Path;
}

type Issue = z.core.$ZodIssue;
type Finding = Pick<Diagnostic, "code" | "summary" | "detail" | "fix">;

/** Most diagnostics of one document: enough to work on, short enough to read. */
export const maxDiagnostics = 50;

/** Turns what zod found into diagnostics with position and fix, most specific branch of each union only. */
export function schemaDiagnostics(error: z.ZodError, context: IssueContext): Diagnostic[] {
  return locatedIssues(error).map(({ issue, path }) => describe(issue, path, context));
}

/** What zod found, one entry per problem and place; in the order of `schemaDiagnostics`. */
export const locatedIssues = (error: z.ZodError): readonly Located[] =>
  error.issues.flatMap((issue) => expand(issue, [])).slice(0, maxDiagnostics);

interface Located {
  readonly issue: Issue;
  readonly path: Path;
}

/** One located issue per problem: unions give those of their closest branch, unknown keys one each. */
function expand(issue: Issue, prefix: Path): Located[] {
  const path = [...prefix, ...issue.path] as Path;
  if (issue.code === "unrecognized_keys")
    return issue.keys.slice(0, maxDiagnostics).map((key) => ({ issue, path: [...path, key] }));
  if (issue.code === "invalid_key" || issue.code === "invalid_element")
    return [{ issue: issue.issues[0] ?? issue, path }];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ issue, path }];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => expand(inner, path)));
  return branches.reduce((best, branch) => (depth(branch) >= depth(best) ? branch : best));
}

/** How far into the value a branch got before it failed: the further, the more likely it was meant. */
const depth = (branch: readonly Located[]): number => Math.max(0, ...branch.map(({ path }) => path.length));

function describe(issue: Issue, path: Path, context: IssueContext): Diagnostic {
  const whole = [...(context.base ?? []), ...path];
  const position = context.positionOf?.(path);
  const found = finding(issue, path, context);
  return { severity: "error", ...found, path: formatPath(whole), ...(position && { position }) };
}

function finding(issue: Issue, path: Path, context: IssueContext): Finding {
  const where = `\`${formatPath([...(context.base ?? []), ...path])}\``;
  const value = valueAt(context.value, path);
  if (issue.code === "unrecognized_keys") return unknownKey(where, path, context);
  if (value === undefined) return missing(where, issue, context, path);
  const written = context.plainTextAt?.(path) ?? null;
  if (typeof value !== "string" && written !== null && wantsText(issue)) return unquoted(where, written, value);
  if (issue.code === "invalid_type") return wrongType(where, issue.expected, value);
  if (issue.code === "invalid_value") return notAllowed(where, issue.values.map(String), value);
  if (issue.code === "invalid_union" && issue.discriminator !== undefined)
    return notAllowed(where, membersAt.discriminators(context.schema, context.value, path), value);
  return {
    code: "invalid-value",
    summary: "A value is not allowed here.",
    detail: `${where} is ${shown(value)}; it ${requirement(issue)}.`,
    fix: `Write a value that fits: it ${requirement(issue)}.`,
  };
}

function unknownKey(where: string, path: Path, context: IssueContext): Finding {
  const name = String(path.at(-1));
  const allowed = membersAt.names(context.schema, context.value, path.slice(0, -1));
  const nearest = closestName(name, allowed);
  const fix =
    nearest === undefined
      ? `Remove it; allowed here: ${allowed.join(", ") || "nothing"}.`
      : `Write \`${nearest}\` instead of \`${name}\`, or remove it.`;
  return {
    code: "unknown-key",
    summary: "A key is not known here.",
    detail: `${where} is not part of the schema.`,
    fix,
  };
}

function missing(where: string, issue: Issue, context: IssueContext, path: Path): Finding {
  const expected = issue.code === "invalid_type" ? ` (${typeWord(issue.expected)})` : "";
  const hint = membersAt.description(context.schema, context.value, path);
  return {
    code: "missing",
    summary: "A required member is missing.",
    detail: `${where}${expected} is not there.`,
    fix: `Add ${where}${hint === "" ? "" : `: ${hint}`}.`,
  };
}

/** True when text was expected where YAML guessed another type. */
const wantsText = (issue: Issue): boolean =>
  (issue.code === "invalid_type" && issue.expected === "string") || issue.code === "invalid_format";

function unquoted(where: string, written: string, value: Json): Finding {
  const isPhone = typeof value === "number" && /^\+?\d{7,15}$/.test(written);
  const quoted = isPhone && !written.startsWith("+") ? `"+${written}"` : `"${written}"`;
  return {
    code: isPhone ? "unquoted-phone-number" : "unquoted-text",
    summary: isPhone
      ? "A phone number without quotes is read as a number and loses its plus sign."
      : "A text without quotes was read as another type.",
    detail: `${where} is written ${written === "" ? "empty" : written} and was read as ${shown(value)}.`,
    fix: `Put it in quotes: ${quoted}.`,
  };
}

function wrongType(where: string, expected: string, value: Json): Finding {
  const wanted = typeWord(expected);
  const isNumberInQuotes =
    ["number", "int"].includes(expected) &&
    typeof value === "string" &&
    value.trim() !== "" &&
    Number.isFinite(Number(value));
  return {
    code: "wrong-type",
    summary: "A value has the wrong type.",
    detail: `${where} is ${shown(value)}; expected is ${wanted}.`,
    fix: isNumberInQuotes ? `Remove the quotes: ${Number(value)}.` : `Write ${wanted}.`,
  };
}

function notAllowed(where: string, allowed: readonly string[], value: Json): Finding {
  const meant = typeof value === "string" ? suggestion(value, allowed) : "";
  return {
    code: "invalid-value",
    summary: "A value is not allowed here.",
    detail: `${where} is ${shown(value)}.`,
    fix: `Write one of: ${allowed.join(", ")}. ${meant}`.trim(),
  };
}

function requirement(issue: Issue): string {
  const isOurs = /^(must|is|needs)\b/.test(issue.message);
  if (isOurs) return issue.message;
  if (issue.code === "too_small") return `must ${bound(issue.origin, "at least", Number(issue.minimum))}`;
  if (issue.code === "too_big") return `must ${bound(issue.origin, "at most", Number(issue.maximum))}`;
  if (issue.code === "invalid_format") return `must be a valid ${issue.format}`;
  return `must satisfy: ${issue.message.toLowerCase()}`;
}

function bound(origin: string, word: string, limit: number): string {
  if (origin === "string") return `have ${word} ${limit} characters`;
  return origin === "array" ? `have ${word} ${limit} items` : `be ${word} ${limit}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  null: "nothing",
};
const typeWord = (expected: string): string => typeWords[expected] ?? expected;

function shown(value: Json): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function valueAt(value: Json, path: Path): Json | undefined {
  let at: Json | undefined = value;
  for (const part of path)
    at =
      typeof at === "object" && at !== null && Object.hasOwn(at, part)
        ? (at as Record<string | number, Json>)[part]
        : undefined;
  return at;
}
