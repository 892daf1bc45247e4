import { digitOf, repeatOf } from "../conversation/index.ts";

const token = /\p{L}+|\d+|[^\p{L}\d]+/gu;
const joint = /^[\s,.()/–-]{1,4}$/u;
/** So many digits in one piece are a number by themselves. */
const wholeDigits = 10;
const date = /^\s*\d{4}-\d\d-\d\d\b|^\s*\d{1,2}[./]\d{1,2}[./]\d{2,4}\s*$/;
const thousands = /^\s*\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*$/;

const leastPhoneDigits = 7;
const mostPhoneDigits = 15;
const leastCardDigits = 13;
const mostCardDigits = 19;

interface DigitRun {
  /** Indexes of the first and the last token. */
  readonly from: number;
  to: number;
  digits: string;
  /** Where a token begins among the digits. */
  readonly starts: number[];
}

/** Replaces runs of digits, written or spoken one by one, that are card numbers (Luhn) or long enough for a phone number. */
export function redactDigits(text: string, kinds: { readonly card: boolean; readonly phone: boolean }): string {
  const tokens = text.match(token) ?? [];
  let result = "";
  let next = 0;
  for (const run of runsOf(tokens)) {
    const written = tokens.slice(run.from, run.to + 1).join("");
    const mark = markOf(run, written, kinds);
    if (mark === null) continue;
    // The `+` of a number belongs to it.
    result +=
      tokens
        .slice(next, run.from)
        .join("")
        .replace(/(?<![+(])[+(]+$/, "") + mark;
    next = run.to + 1;
  }
  return result + tokens.slice(next).join("");
}

function markOf(
  run: DigitRun,
  written: string,
  kinds: { readonly card: boolean; readonly phone: boolean },
): string | null {
  const { length } = run.digits;
  if (length < leastPhoneDigits || date.test(written) || thousands.test(written)) return null;
  if (kinds.card && (length > mostPhoneDigits || holdsCard(run))) return "[card]";
  return kinds.phone && length <= mostPhoneDigits ? "[phone]" : null;
}

/** Digits of one run: tokens side by side, or with nothing but spaces and the signs of written numbers between them. */
function runsOf(tokens: readonly string[]): readonly DigitRun[] {
  const runs: DigitRun[] = [];
  let run: DigitRun | null = null;
  let times = 1;
  tokens.forEach((word, index) => {
    const digits = /^\d/.test(word) ? word : digitOf(word);
    if (digits !== undefined) {
      if (run === null || isWhole(run) || digits.length >= wholeDigits)
        runs.push((run = { from: index, to: index, digits: "", starts: [] }));
      run.starts.push(run.digits.length);
      run.digits += digits.repeat(times);
      run.to = index;
      times = 1;
    } else if (repeatOf(word) !== undefined) times = repeatOf(word) ?? 1;
    else if (!joint.test(word)) [run, times] = [null, 1];
  });
  return runs;
}

const isWhole = ({ digits, starts }: DigitRun): boolean => starts.length === 1 && digits.length >= wholeDigits;

/** True when some stretch that begins with a token is a card number: an expiry date may stand behind it. */
function holdsCard({ digits, starts }: DigitRun): boolean {
  if (digits.length < leastCardDigits) return false;
  return [...starts, digits.length].some((end) =>
    starts.some(
      (start) => end - start >= leastCardDigits && end - start <= mostCardDigits && isLuhn(digits.slice(start, end)),
    ),
  );
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const counted = at % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
    sum += counted;
  }
  return sum % 10 === 0;
}
