import { digitOf, repeatOf } from "./digit-words.ts";
import { normalised } from "./words.ts";

/** Calling codes of one and of two digits (ITU-T E.164 assignments); every other one has three. */
const shortCodes = new Set(
  "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98".split(
    " ",
  ),
);
const e164 = /^\+[1-9]\d{6,14}$/;

/** Calling code of an E.164 number without `+`, or null when it is not one. */
export function callingCodeOf(number: string): string | null {
  if (!e164.test(number)) return null;
  const digits = number.slice(1);
  return [1, 2].map((length) => digits.slice(0, length)).find((code) => shortCodes.has(code)) ?? digits.slice(0, 3);
}

/**
 * A spoken or written phone number as E.164, or null when it is none. `callingCode` is the country that national numbers belong to; null:
 * only numbers with their country code are understood.
 */
export function readPhoneNumber(text: string, callingCode: string | null): string | null {
  const written = withDigits(text);
  const digits = written.replaceAll(/\D/g, "");
  const international = /^\D*(?:\+|00|011)/.test(written);
  const candidate = international ? `+${digits.replace(/^(?:011|00)/, "")}` : national(digits, callingCode);
  return candidate !== null && e164.test(candidate) ? candidate : null;
}

function national(digits: string, callingCode: string | null): string | null {
  if (callingCode === null) return null;
  if (callingCode === "1") {
    if (digits.length === 10) return `+1${digits}`;
    return digits.length === 11 && digits.startsWith("1") ? `+${digits}` : null;
  }
  if (digits.startsWith(callingCode) && digits.length - callingCode.length >= 9) return `+${digits}`;
  // Italian numbers keep their zero.
  const significant = callingCode === "39" ? digits : digits.replace(/^0/, "");
  return significant.length >= 6 ? `+${callingCode}${significant}` : null;
}

/** Digit words become digits, "double five" becomes 55, "plus" becomes `+`. */
function withDigits(text: string): string {
  let times = 1;
  let written = "";
  for (const word of text.toLowerCase().split(/[\s,;]+/)) {
    if (normalised(word) === "plus") written += "+";
    else if (repeatOf(word) !== undefined) times = repeatOf(word) ?? 1;
    else {
      written += (digitOf(word) ?? word.replaceAll(/\p{L}/gu, " ")).repeat(times);
      times = 1;
    }
  }
  return written;
}
