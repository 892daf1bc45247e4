import { numberWord, plain } from "./spoken-words.ts";

/** Number words as digits, one after another: `oh five double three plus one` → `0 5 3 3 +1`. */
function digitsOf(text: string): string {
  const words = text.toLowerCase().replaceAll(/[,;]/gu, " ").split(/\s+/u);
  let repeat = 1;
  return words
    .map((word) => {
      if (word === "double" || word === "triple") {
        repeat = word === "double" ? 2 : 3;
        return "";
      }
      const spoken = word === "oh" || word === "o" ? 0 : word === "plus" ? "+" : (numberWord(word) ?? word);
      const said = typeof spoken === "number" && spoken > 9 ? word : String(spoken).repeat(repeat);
      repeat = 1;
      return said;
    })
    .join(" ")
    .replaceAll(/\+\s+/gu, "+");
}

/** A telephone number in E.164, in digits or words; undefined when there is none. Ten digits are North American. */
export function phoneIn(text: string): string | undefined {
  const run = /\+?\d(?:[\s().-]*\d){8,15}/u.exec(digitsOf(text))?.[0];
  if (run === undefined) return undefined;
  const digits = run.replaceAll(/\D/gu, "");
  if (run.startsWith("+")) return digits.length <= 15 ? `+${digits}` : undefined;
  if (digits.length === 10) return `+1${digits}`;
  if (digits.length === 11 && digits.startsWith("1")) return `+${digits}`;
  return digits.startsWith("00") && digits.length > 10 ? `+${digits.slice(2)}` : undefined;
}

/** A number as it is read out: in groups of three, the last of four; foreign ones with their country. */
export function spokenPhone(number: string): string {
  const isNorthAmerican = /^\+1\d{10}$/u.test(number);
  const digits = number.slice(isNorthAmerican ? 2 : 1);
  const groups = digits.match(/\d{4}$|\d{1,3}(?=(?:\d{3})*\d{4}$)/gu) ?? [digits];
  return `${isNorthAmerican ? "" : "plus "}${groups.join(" ")}`;
}

const WRITTEN = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/iu;
const DOMAIN = /^(?:[a-z0-9-]+ dot )+[a-z]{2,}(?= |$)/u;
const SIGNS: Readonly<Record<string, string>> = {
  dot: ".",
  underscore: "_",
  dash: "-",
  hyphen: "-",
  minus: "-",
  plus: "+",
};

/** An e-mail address, written or spelled (`a d a dot l at example dot com`); undefined when there is none. */
export function emailIn(text: string): string | undefined {
  const written = WRITTEN.exec(text)?.[0];
  if (written !== undefined) return written.toLowerCase();
  const words = plain(text).split(" ");
  for (let at = words.length - 1; at > 0; at--) {
    if (words[at] !== "at") continue;
    const domain = DOMAIN.exec(words.slice(at + 1).join(" "))?.[0];
    const local = localPart(words.slice(0, at));
    if (domain !== undefined && local !== "") return `${local}@${domain.replaceAll(" dot ", ".")}`;
  }
  return undefined;
}

/** The end of what was said before the at: letters one by one, or a word, joined by signs. */
function localPart(words: readonly string[]): string {
  const parts: string[] = [];
  for (const word of words.toReversed()) {
    const sign = SIGNS[word];
    const next = parts[0];
    const isJoined = next === undefined || Object.values(SIGNS).includes(next);
    const isSpelled = /^[a-z0-9]$/u.test(word) && (next === undefined || /^[a-z0-9]$/u.test(next));
    if (sign !== undefined && next !== undefined) parts.unshift(sign);
    else if (sign === undefined && (isJoined || isSpelled) && /^[a-z0-9]+$/u.test(word)) parts.unshift(word);
    else break;
  }
  return parts.join("").replace(/^[.+-]+/u, "");
}

/** An address as it is read out. */
export const spokenEmail = (address: string): string =>
  address
    .replaceAll(".", " dot ")
    .replaceAll("@", " at ")
    .replaceAll("_", " underscore ")
    .replaceAll("-", " dash ")
    .replaceAll("+", " plus ");

const INTRODUCED =
  /\b(?:my (?:full )?name is|my name's|the name is|name's|this is|you're speaking with|speaking with|(?:no,? )?it's|i am|i'm)\s+(?<rest>.+)/iu;
const CUT = /\s*(?:[,.;!?]|\b(?:from|with|and|calling|speaking|here|of|at|by the way|but|because|about|so)\b).*$/iu;
const NO_NAME =
  /^(?:calling|a|an|the|not|looking|having|in|at|from|very|just|trying|interested|locked|sorry|here|afraid|your|my|urgent|an?|that|this|it|about|on|good|fine|right|ok|okay|happy|also|still|really|going|wondering|about|one|broken|no|yes|tomorrow|today|me|correct|wrong|never|all|only|for)\b/iu;

const NO_ANSWER =
  /^(?:what|who|whose|why|how|when|where|which|is|are|can|could|do|does|did|there|they|we|you|i|please|it)\b/iu;

/** A person's name: introduced (`my name is …`), or the bare answer when it was asked for; undefined when there is none. */
export function personIn(text: string, isAsked: boolean): string | undefined {
  const introduced = INTRODUCED.exec(text)?.groups?.["rest"];
  const isWeak = introduced !== undefined && !/name/iu.test(text.slice(0, text.length - introduced.length));
  const said = (introduced ?? (isAsked ? text : "")).replace(CUT, "").trim();
  const words = said.split(/\s+/u).filter((word) => /^[\p{L}'.-]+$/u.test(word));
  if (words.length === 0 || words.length > 4 || words.length !== said.split(/\s+/u).length) return undefined;
  if (NO_ANSWER.test(said) || /\b(?:is|are|was|the|to|my|your|have|has)\b/iu.test(said)) return undefined;
  if (NO_NAME.test(said) && !(isAsked && introduced === undefined && words.length > 1)) return undefined;
  if (isWeak && !isAsked && (words.length < 2 || !/\bthis is\b/iu.test(text))) return undefined;
  return words.map(capitalised).join(" ");
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const EMPLOYED =
  /(?:^[\p{L}'-]+(?: [\p{L}'-]+)? from|\b(?:my|our|the) company(?:'s name)? is(?: called)?|(?:i am|i'm|we are|we're|calling|this is .{1,40}?) (?:from|with)|\bi work (?:for|at)|it's called|on behalf of)\s+(?<rest>.+)/iu;
const COMPANY_CUT = /\s*(?:[,.;!?]|\b(?:and (?:we|i|my|our)|we|i am|i'm|because|about|where|which)\b).*$/iu;

/** A company's name: introduced, or the bare answer when it was asked for; undefined when there is none. */
export function companyIn(text: string, isAsked: boolean): string | undefined {
  const introduced = EMPLOYED.exec(text)?.groups?.["rest"];
  const said = (introduced ?? (isAsked ? text.replace(/^(?:it's|it is|the)\s+/iu, "") : ""))
    .replace(COMPANY_CUT, "")
    .trim();
  const words = said.split(/\s+/u);
  return said === "" || words.length > 6 || NO_NAME.test(said) || NO_ANSWER.test(said)
    ? undefined
    : words.map(capitalised).join(" ");
}
