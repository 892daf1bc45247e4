import { canonicalJson, type Json, type JsonObject } from "@tandem/kernel";
import type { RecordedTool } from "./replay-run.ts";

const mark = /\[(?:card|phone|email|name|personal)\]/;
/** Longer texts are somebody's wording. */
const mostWords = 4;
const phoneLike = /^\+?[\d\s().-]{7,20}$/;

/**
 * A value of an argument as it is compared: case, spaces and closing signs do not count, a phone number is its digits, and of a text of
 * more than four words only that there is one. `null` stands for a value that is left out.
 */
export function normalValue(value: Json | undefined): string {
  if (value === undefined || value === null || value === "") return "null";
  if (typeof value !== "string") return canonicalJson(value);
  const text = value
    .trim()
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/(?<![.,!?;])[.,!?;]+$/g, "");
  if (phoneLike.test(text) && !/^\d{4}-\d\d-\d\d$/.test(text)) return text.replaceAll(/\D/g, "");
  return text.split(" ").length > mostWords ? "(words)" : text;
}

/** Whether two values ask for the same. */
export const isEquivalent = (one: Json | undefined, other: Json | undefined): boolean =>
  normalValue(one) === normalValue(other);

/** What redaction took out stands for any value: nobody knows it any more. */
const matches = (recorded: Json | undefined, asked: Json | undefined): boolean =>
  (typeof recorded === "string" && mark.test(recorded) && normalValue(asked) !== "null") ||
  isEquivalent(recorded, asked);

/**
 * The recorded answer to a tool that is asked for with equivalent arguments; null when the past call asked for nothing like it. Of
 * several the `asked`-th (from 0), and the last one from then on: what is asked again is answered as it was then.
 */
export function recordedAnswer(
  recorded: readonly RecordedTool[],
  tool: string,
  args: JsonObject,
  asked: number,
): RecordedTool | null {
  const fitting = recorded.filter((one) => {
    const names = new Set([...Object.keys(one.arguments), ...Object.keys(args)]);
    return one.tool === tool && [...names].every((name) => matches(one.arguments[name], args[name]));
  });
  return fitting[Math.min(asked, fitting.length - 1)] ?? null;
}
