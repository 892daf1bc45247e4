import type { Field } from "../manifest/index.ts";
import { answerContext, type CallContext, type FactValue, type OfferedTime, readAnswer } from "./answer.ts";
import { isAffirmation, isDenial } from "./caller-signal.ts";
import { collectAnswer, openFields, unconfirmedFields } from "./collect.ts";
import type { Lines } from "./lines.ts";
import { callingCodeOf } from "./phone-number.ts";
import { factOf, type Progress, withoutFact } from "./progress.ts";
import type { Script } from "./script.ts";

/** What the conversation asks by itself when no model's output can be used. */
export interface Question {
  readonly field: string;
  /** `value` asks for it, `confirmation` reads it back. */
  readonly asks: "value" | "confirmation";
  readonly text: string;
}

/** The next question of the step: read back what waits for a yes, then what is needed, then what may come up; null: nothing to ask. */
export function nextQuestion(
  script: Script,
  progress: Progress,
  { lines, offers }: { readonly lines: Lines; readonly offers: readonly OfferedTime[] | null },
): Question | null {
  const [unconfirmed] = unconfirmedFields(script, progress);
  if (unconfirmed !== undefined) {
    const spoken = spokenValue(unconfirmed, factOf(progress, unconfirmed.name)?.value ?? "", lines, offers);
    return { field: unconfirmed.name, asks: "confirmation", text: lines.readBack(labelOf(unconfirmed), spoken) };
  }
  const open = openFields(script, progress);
  // What is not needed is asked for only where it is all the step is about: the choice among offered times.
  const field = open.find(({ required }) => required) ?? open.find(({ type }) => type === "date-time");
  if (field === undefined) return null;
  return { field: field.name, asks: "value", text: questionFor(field, lines, offers) };
}

function questionFor(field: Field, lines: Lines, offers: readonly OfferedTime[] | null): string {
  if (field.type === "date-time" && offers !== null && offers.length > 0)
    return lines.offer(offers.slice(0, 2).map(({ spoken }) => spoken));
  return lines.ask(field.type, labelOf(field), (field.choices ?? []).map(wordsOf));
}

/** `callback_number` → "callback number". */
const labelOf = ({ name }: Field): string => wordsOf(name);
const wordsOf = (name: string): string => name.replaceAll(/[_-]+/g, " ");

function spokenValue(field: Field, value: FactValue, lines: Lines, offers: readonly OfferedTime[] | null): string {
  if (field.type === "phone-number") return spokenDigits(String(value));
  if (field.type === "boolean") return value === true ? lines.yes : lines.no;
  if (field.type === "choice") return wordsOf(String(value));
  return offers?.find(({ start }) => start === value)?.spoken ?? String(value);
}

/** Country code, then groups of three, the last one of four at most; each digit is said by itself. */
function spokenDigits(number: string): string {
  const code = callingCodeOf(number) ?? "";
  const digits = number.slice(1 + code.length);
  const groups = code === "" ? [] : [code];
  for (let at = 0; at < digits.length;) {
    const left = digits.length - at;
    const size = left <= 4 ? left : 3;
    groups.push(digits.slice(at, at + size));
    at += size;
  }
  return groups.map((group) => group.split("").join(" ")).join(", ");
}

/** What the caller's words answer to a question of ours, without any model; null: nothing that can be used. */
export function applyReply(
  script: Script,
  progress: Progress,
  question: Question,
  reply: { readonly text: string; readonly call: CallContext },
): Progress | null {
  const field = script.conversation.fields.find(({ name }) => name === question.field);
  if (field === undefined) return null;
  if (question.asks === "confirmation") {
    const known = factOf(progress, field.name);
    if (isAffirmation(reply.text) && known !== undefined)
      return collectAnswer(script, progress, { field, value: known.value, callerText: reply.text });
    if (isDenial(reply.text)) return replaced(script, progress, field, reply) ?? withoutFact(progress, field.name);
  }
  return replaced(script, progress, field, reply);
}

function replaced(
  script: Script,
  progress: Progress,
  field: Field,
  { text, call }: { readonly text: string; readonly call: CallContext },
): Progress | null {
  // A yes or a no is no answer to anything but a yes-or-no question.
  if (field.type === "text" && (isDenial(text) || isAffirmation(text))) return null;
  const answer = readAnswer(field, text, answerContext(script, field, call));
  return "problem" in answer ? null : collectAnswer(script, progress, { field, value: answer.value, callerText: text });
}
