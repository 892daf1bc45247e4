import type { Tool } from "../manifest/index.ts";
import { type FactValue, type OfferedTime, readAnswer } from "./answer.ts";
import { parseObject } from "./record-answers.ts";

/** A model's tool call, checked: its arguments, or what is wrong with it in words a model can act on. */
export type ToolCallReading = { readonly args: Readonly<Record<string, FactValue>> } | { readonly problem: string };

const longestText = 4000;

/**
 * The arguments that a tool declares out of a model's JSON text. Figures and truths written as texts are understood; what is not declared
 * is left out. A booking's `start` must be an offered time where times are offered (`offers` not null).
 */
export function readToolCall(tool: Tool, text: string, offers: readonly OfferedTime[] | null): ToolCallReading {
  const given = parseObject(text);
  if (given === null) return { problem: "the arguments are not a JSON object" };
  const args: Record<string, FactValue> = {};
  for (const [name, declared] of Object.entries(tool.arguments)) {
    const value = given[name];
    if (value === undefined || value === null || value === "") {
      if (declared.required) return { problem: `\`${name}\` is missing: ${declared.description}` };
      continue;
    }
    const read = typeof value === "object" ? null : converted(value, declared.type);
    if (read === null) return { problem: `\`${name}\` must be a ${declared.type}` };
    args[name] = read;
  }
  return tool.operation === "calendar.book" || tool.operation === "calendar.reschedule"
    ? offeredOnly(args, offers)
    : { args };
}

function offeredOnly(args: Record<string, FactValue>, offers: readonly OfferedTime[] | null): ToolCallReading {
  const start = args["start"];
  if (offers === null || start === undefined) return { args };
  const answer = readAnswer(startField, start, { callingCode: null, from: "", today: "1970-01-01", offers });
  return "problem" in answer ? { problem: `\`start\` ${answer.problem}` } : { args: { ...args, start: answer.value } };
}

const startField = {
  name: "start",
  type: "date-time",
  description: "",
  confirm: "none",
  required: true,
  personal: false,
} as const;

function converted(value: FactValue, type: "string" | "number" | "boolean"): FactValue | null {
  if (type === "string") return String(value).slice(0, longestText);
  if (type === "boolean") {
    if (typeof value === "boolean") return value;
    return value === "true" ? true : value === "false" ? false : null;
  }
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}
