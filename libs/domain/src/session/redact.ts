import { redactDigits } from "./redact-digits.ts";
import { redactIntroductions } from "./redact-introductions.ts";
import { redactSpokenEmails } from "./redact-spoken-email.ts";
import { redactWrittenEmails } from "./redact-written-email.ts";

/** What a policy can have taken out of transcripts. */
export type RedactionKind = "card" | "phone" | "email" | "name";

const marks = /(\[(?:card|phone|email|name)\])/;
/** Longer values are sentences: what is personal in them is found by its form. */
const mostNameWords = 5;
/** Names that are words as well: taken out where they are written as a name. */
const words = new Set(
  "will may mark bill grace hope rose joy frank rich art drew faith dawn june april august summer young long short white black brown green king price day page love best good may bob sky star the and for not you are was has can all any our out one two six ten".split(
    " ",
  ),
);

/**
 * A text with personal data replaced by marks (`[card]`, `[phone]`, `[email]`, `[name]`), as it may be stored. Cards and phone numbers are
 * found by their digits, written or spoken; names as far as `knownValues` (facts known to be personal) hold them, whole or in part, or people
 * introduce themselves by them.
 * Doing it again changes nothing. Its time grows with the length of the text, never with its square: the text is somebody else's.
 */
export function redactText(text: string, kinds: readonly RedactionKind[], knownValues: readonly string[]): string {
  const wanted = new Set(kinds);
  let result = text;
  if (wanted.has("email")) result = redactSpokenEmails(redactWrittenEmails(result));
  if (wanted.has("card") || wanted.has("phone"))
    result = outsideMarks(result, (part) =>
      redactDigits(part, { card: wanted.has("card"), phone: wanted.has("phone") }),
    );
  return wanted.has("name") ? redactIntroductions(redactNames(result, knownValues)) : result;
}

function redactNames(text: string, knownValues: readonly string[]): string {
  const names = knownValues
    .map((value) => value.trim())
    .filter((value) => /\p{L}{2}/u.test(value) && !value.includes("@") && value.split(/\s+/).length <= mostNameWords);
  if (names.length === 0) return text;
  // Whole names first, so that one mark stands for one name.
  const whole = names.toSorted((left, right) => right.length - left.length).map((name) => shapeOf(name, "giu"));
  const parts = [...new Set(names.flatMap((name) => name.split(/[\s-]+/)))]
    .filter((part) => part.replaceAll(/[^\p{L}]/gu, "").length >= 3)
    .map((part) => (words.has(part.toLowerCase()) ? shapeOf(capitalised(part), "gu") : shapeOf(part, "giu")));
  const redacted = [...whole, ...parts].reduce(
    (result, shape) => outsideMarks(result, (part) => part.replaceAll(shape, "[name]")),
    text,
  );
  return redacted.replaceAll(/\[name\](?:[ ,]+\[name\])+/g, "[name]");
}

const capitalised = (part: string): string => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase();

/** Words side by side, whatever stands between them, not inside of longer words. */
function shapeOf(name: string, flags: string): RegExp {
  const inner = name
    .split(/\s+/)
    .map((part) => part.replaceAll(/[^\p{L}\p{N}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`))
    .join("[\\s,.-]+");
  return new RegExp(`(?<![\\p{L}\\p{N}])${inner}(?![\\p{L}\\p{N}])`, flags);
}

const outsideMarks = (text: string, change: (part: string) => string): string =>
  text
    .split(marks)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join("");
