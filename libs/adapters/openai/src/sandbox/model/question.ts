import type { Json } from "@tandem/kernel";
import { spokenEmail, spokenPhone } from "./contact-details.ts";
import type { Field, Prompt } from "./prompt.ts";
import { ascii, plain, says } from "./spoken-words.ts";
import type { Slot } from "./slot.ts";

const OFFERS_OWN_NUMBER = "the number you are calling from";
const READS_BACK = /For the (?<label>[a-z0-9 ]+?) I have(?: noted)?: (?<value>.+?)(?<end>\. Is that right\??|\.?$)/su;

/** A field's name as it is said. */
export const labelOf = (name: string): string => name.replaceAll("_", " ");

export const isPersonName = ({ name, description }: Pick<Field, "name" | "description">): boolean =>
  !isCompany({ name, description }) && (/(?:^|_)name$/u.test(name) || /^first and last name/iu.test(description));
export const isCompany = ({ name, description }: Pick<Field, "name" | "description">): boolean =>
  /company|employer|organi[sz]ation|business/u.test(name) ||
  /^name of the (?:company|business|firm)/iu.test(description);

/** The question for a field. `isAgain`: the first way of asking was turned down. */
export function questionFor(field: Field, prompt: Prompt, isAgain = false): string {
  if (field.type === "phone-number")
    return callingNumber(prompt) !== null && !isAgain
      ? `May we use ${OFFERS_OWN_NUMBER}?`
      : "What is the best number to reach you?";
  if (field.type === "email") return "What is your e-mail address?";
  if (field.type === "text" && isPersonName(field)) return "May I have your name?";
  if (field.type === "text" && isCompany(field)) return "Which company are you with?";
  if (field.type === "date" || field.type === "date-time") return "Which day and time would suit you?";
  return asQuestion(field);
}

const BE: Readonly<Record<string, string>> = {
  they: "you",
  them: "you",
  their: "your",
  theirs: "yours",
  caller: "you",
};

/** A description (`Whether they want …`, `When they …`) as a question to the caller. */
function asQuestion({ description, name }: Field): string {
  const clause = (/^[^.,;:]+/u.exec(description)?.[0] ?? labelOf(name)).replaceAll(/\bthe caller('s)?\b/giu, (_, own) =>
    own === undefined ? "they" : "their",
  );
  const you = clause.replaceAll(/\b(?:they|them|their|theirs)\b/giu, (word) => BE[word.toLowerCase()] ?? word);
  const whether =
    /^whether (?<subject>\w+) (?<verb>can|could|is|are|was|were|will|has|must|should) (?<rest>.+)$/iu.exec(you)?.groups;
  if (whether !== undefined) return sentence(`${whether["verb"]} ${whether["subject"]} ${whether["rest"]}`);
  const does = /^whether you (?<rest>.+)$/iu.exec(you)?.groups;
  if (does !== undefined) return sentence(`do you ${does["rest"]}`);
  if (/^why you call$/iu.test(you)) return "Why are you calling?";
  const asks = /^(?<word>when|where|why|what|how|which) you (?<rest>.+)$/iu.exec(you)?.groups;
  if (asks !== undefined) return sentence(`${asks["word"]} do you ${asks["rest"]}`);
  if (/^(?:when|where|who|what|which|how)\b/iu.test(you)) return sentence(you);
  const all = /^everything (?<who>.+?) (?<verb>must|should|has to|have to|needs? to) (?<rest>.+)$/iu.exec(you)?.groups;
  if (all !== undefined) return sentence(`what ${all["verb"]} ${all["who"]} ${all["rest"]}`);
  return sentence(`what is the ${labelOf(name)}`);
}

const sentence = (text: string): string => ascii(`${text.charAt(0).toUpperCase()}${text.slice(1)}?`);

/** The number of the caller's own line; null when it is withheld. */
export const callingNumber = ({ call }: Prompt): string | null => {
  const from = call.get("from") ?? "";
  return /^\+\d{7,15}$/u.test(from) ? from : null;
};

/** True when the caller's words mean the line that they call from. */
export const meansOwnNumber = (text: string): boolean =>
  /\b(?:number|one|line|phone) (?:that )?(?:i'm|i am|i) call(?:ing)?(?: you)? (?:from|on|with)\b|\b(?:this|my|the same) (?:very )?(?:number|line|phone)(?! is)\b/u.test(
    plain(text),
  );

export const offeredOwnNumber = (agentText: string): boolean => says(plain(agentText), OFFERS_OWN_NUMBER);

/** A value said as a question. */
export const readBack = (name: string, spoken: string): string =>
  ascii(`For the ${labelOf(name)} I have: ${spoken.replace(/[.?!\s]+$/u, "")}. Is that right?`);

/** A value as it is said. */
export function spokenValue(type: string, value: Json, slots: readonly Slot[]): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (type === "phone-number") return spokenPhone(text);
  if (type === "email") return spokenEmail(text);
  if (type === "date-time") return slots.find(({ start }) => start === text)?.spoken ?? text;
  if (type === "choice") return text.replaceAll(/[-_]/gu, " ");
  return type === "boolean" ? (value === true ? "yes" : "no") : text;
}

/** What we have read back and wait for a yes to. */
export interface ReadBack {
  readonly label: string;
  readonly spoken: string;
  /** False when the question was cut off before its end. */
  readonly isWhole: boolean;
}

/** The value that was read back in what was heard of us; null when none was. */
export function readBackIn(agentText: string): ReadBack | null {
  const parts = READS_BACK.exec(agentText)?.groups;
  if (parts === undefined) return null;
  return {
    label: parts["label"] ?? "",
    spoken: parts["value"] ?? "",
    isWhole: (parts["end"] ?? "").includes("Is that"),
  };
}

/** True when this field's question was heard, or most of it. */
export function wasAsked(field: Field, prompt: Prompt, agentText: string): boolean {
  const heard = plain(agentText);
  return [false, true].some((isAgain) => {
    const words = plain(questionFor(field, prompt, isAgain)).split(" ");
    return heard.includes(words.slice(0, Math.ceil(words.length * 0.6)).join(" "));
  });
}
