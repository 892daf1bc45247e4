/** Lower case, words and digits only, single spaces: what was said, without how it was written. */
export const plain = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f]/gu, "")
    .replaceAll(/[\u2018\u2019]/gu, "'")
    .toLowerCase()
    .replaceAll(/(?<!\d)[:]|[:](?!\d)/gu, " ")
    .replaceAll(/[^a-z0-9:' ]+/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();

/** Plain letters only, for a voice that knows no others. */
export const ascii = (text: string): string =>
  text
    .replaceAll(/[\u2018\u2019]/gu, "'")
    .replaceAll(/[\u201c\u201d]/gu, '"')
    .replaceAll(/[\u2013\u2014]/gu, "-")
    .normalize("NFKD")
    .replaceAll(/[^\x20-\x7e]/gu, "");

/** True when the plain text holds the plain phrase as whole words. */
export const says = (text: string, phrase: string): boolean => ` ${text} `.includes(` ${phrase} `);

const YES =
  /^(?:(?:uh|um|well|oh) )*(?:yes|yeah|yep|yup|sure|correct|right|exactly|absolutely|definitely|of course|perfect|okay|ok|fine|please do|go ahead|that's (?:right|correct|fine|it|good|me)|that is (?:right|correct|fine|it|good)|that (?:works|suits me)|it is|sounds good|i do(?! not)|i would|i'd (?:like|love) (?:that|to))\b/u;
const NO =
  /^(?:(?:uh|um|well|oh|sorry|actually) )*(?:no|nope|nah|not (?:really|quite|right|correct|exactly|needed|necessary)|wrong|incorrect|that's (?:wrong|not)|that is (?:wrong|not)|neither|i don't|i do not|don't|never mind)\b/u;

export const isYes = (text: string): boolean =>
  YES.test(plain(text)) && !/^(?:ok|okay|fine|right) (?:no|but)\b/u.test(plain(text));
export const isNo = (text: string): boolean =>
  NO.test(plain(text)) && !/^(?:no (?:problem|worries|rush|hurry|idea)|i (?:do not|don't) know)\b/u.test(plain(text));

const PREFACE =
  /^\s*(?:(?:uh|um|well|oh|sorry|actually|yes|yeah|yep|sure|no|nope|okay|ok|right|correct|wait|hold on|hi|hello|hey|good (?:morning|afternoon|evening))\b[,.!;: ]*)+/iu;

/** What is left of a sentence after its greeting, yes or no. */
export const afterYesOrNo = (text: string): string => text.replace(PREFACE, "").trim();

const FILLERS =
  /\b(?:yes|yeah|yep|no|nope|ok|okay|sure|right|hello|hi|hey|good (?:morning|afternoon|evening|day)|thanks|thank you|please|great|fine|perfect|uh|um|well|oh|sorry|bye|goodbye|all right|alright|and|so|very much|there|wait|hold on|correct)\b/gu;

/** True when nothing was said but courtesies. */
export const isEmptyTalk = (text: string): boolean => plain(text).replaceAll(FILLERS, "").trim() === "";

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** The value of a number word below a hundred; undefined for another word. */
export function numberWord(word: string): number | undefined {
  const small = SMALL.indexOf(word);
  if (small >= 0) return small;
  const tens = TENS.indexOf(word);
  return tens >= 0 ? (tens + 2) * 10 : undefined;
}

/** The first number said, in digits or words (`two hundred and fifty`, `a dozen`); undefined when there is none. */
export function firstNumber(text: string): number | undefined {
  const words = plain(text.replaceAll(/(\d),(\d{3})/gu, "$1$2")).split(" ");
  let total: number | undefined;
  for (const word of words) {
    const value = /^\d+$/u.test(word) ? Number(word) : numberWord(word);
    if (value !== undefined) total = (total ?? 0) + value;
    else if (word === "dozen") total = (total ?? 1) * 12;
    else if (word === "hundred") total = (total ?? 1) * 100;
    else if (word === "thousand") total = (total ?? 1) * 1000;
    else if (total !== undefined && word !== "and") break;
  }
  return total;
}
