import type { Field } from "../manifest/index.ts";
import { type CallFacts, fillCallNames } from "./call-facts.ts";
import { openFields } from "./collect.ts";
import { currentObjective, type Fact, type Progress } from "./progress.ts";
import type { Script } from "./script.ts";

/** The part of the system message that is the same in every step of a call. */
export const basePrompt = (persona: string, rules: readonly string[], call: CallFacts): string =>
  fillCallNames(
    `${persona.trim()}\n\n# Rules that outrank everything else\n${rules.map((rule) => `- ${rule}`).join("\n")}`,
    call,
  );

/** The system message of the current step: what is to be done, what is to be found out, what is known. Nothing about other steps. */
export function stepPrompt(base: string, script: Script, progress: Progress, call: CallFacts): string {
  const objective = currentObjective(script.conversation, progress);
  const open = openFields(script, progress);
  const sections = [
    base,
    `# Step \`${objective.name}\`\n${fillCallNames(objective.instruction.trim(), call)}`,
    ...(open.length === 0 ? [] : [`# To find out\n${open.map((field) => fieldLine(field, call)).join("\n")}`]),
    ...(progress.facts.length === 0 ? [] : [`# Known\n${progress.facts.map(factLine).join("\n")}`]),
    `# Call\n${callLines(call)}`,
  ];
  return sections.join("\n\n");
}

const confirmations: Readonly<Record<Field["confirm"], string>> = {
  none: "",
  implicit: " Repeat it in passing.",
  explicit: " Read it back and wait for a yes.",
};

function fieldLine(field: Field, call: CallFacts): string {
  const need = field.required ? "needed" : "if it comes up";
  const choices = field.choices === undefined ? "" : ` One of: ${field.choices.join(", ")}.`;
  const description = fillCallNames(field.description, call);
  return `- \`${field.name}\` (${field.type}, ${need}): ${description}${choices}${confirmations[field.confirm]}`;
}

const factLine = ({ field, value, isConfirmed }: Fact): string =>
  `- \`${field}\` = ${JSON.stringify(value)}${isConfirmed ? "" : " (not confirmed)"}`;

const callLines = (call: CallFacts): string =>
  Object.entries(call)
    .map(([name, value]) => `- \`${name.slice("call.".length)}\` = ${value}`)
    .join("\n");
