import type { Json } from "@tandem/kernel";

/** Something that the step has to find out, as the system message says it. */
export interface Field {
  readonly name: string;
  /** `text`, `phone-number`, `email`, `date`, `time`, `date-time`, `number`, `boolean` or `choice`. */
  readonly type: string;
  readonly isNeeded: boolean;
  readonly description: string;
  readonly choices: readonly string[];
  /** `explicit`: read back, and kept only after a yes. */
  readonly confirm: "none" | "implicit" | "explicit";
}

export interface KnownValue {
  readonly value: Json;
  readonly isConfirmed: boolean;
}

/** The system message as a model understands it. */
export interface Prompt {
  /** Name of the current objective; null when the message names none. */
  readonly step: string | null;
  readonly instruction: string;
  readonly wanted: readonly Field[];
  readonly known: ReadonlyMap<string, KnownValue>;
  /** Facts of the call: `from`, `localDate` … */
  readonly call: ReadonlyMap<string, string>;
}

const HEADING = /^# (?:Step `(?<step>[^`]+)`|(?<name>To find out|Known|Call|Rules that outrank everything else))\s*$/u;

/** Reads the system message. What it does not know of the format is left to the persona. */
export function readPrompt(system: string): Prompt {
  const sections = new Map<string, string[]>();
  let step: string | null = null;
  let lines: string[] = [];
  for (const line of system.split("\n")) {
    const heading = HEADING.exec(line)?.groups;
    if (heading === undefined) {
      lines.push(line);
      continue;
    }
    step = heading["step"] ?? step;
    lines = [];
    sections.set(heading["name"] ?? "Step", lines);
  }
  const items = (name: string): readonly string[] => (sections.get(name) ?? []).filter((line) => line.startsWith("- "));
  return {
    step,
    instruction: (sections.get("Step") ?? []).join("\n").trim(),
    wanted: items("To find out").flatMap(readField),
    known: new Map(items("Known").flatMap(readKnown)),
    call: new Map(
      items("Call")
        .flatMap((line) => line.slice(2).split(" · "))
        .flatMap(readFact),
    ),
  };
}

const FIELD = /^- `(?<name>[^`]+)` \((?<type>[a-z-]+), (?<need>needed|if it comes up)\): ?(?<rest>.*)$/u;
const CHOICES = / ?One of: (?<choices>.+?)\.(?= Repeat it | Read it |$)/u;
const PASSING = " Repeat it in passing.";
const READ_BACK = " Read it back and wait for a yes.";

function readField(line: string): Field[] {
  const parts = FIELD.exec(line)?.groups;
  if (parts === undefined) return [];
  const rest = ` ${(parts["rest"] ?? "").trim()}`;
  return [
    {
      name: parts["name"] ?? "",
      type: parts["type"] ?? "text",
      isNeeded: parts["need"] === "needed",
      description: rest.replace(CHOICES, "").replace(PASSING, "").replace(READ_BACK, "").trim(),
      choices: CHOICES.exec(rest)?.groups?.["choices"]?.split(", ") ?? [],
      confirm: rest.includes(READ_BACK) ? "explicit" : rest.includes(PASSING) ? "implicit" : "none",
    },
  ];
}

const KNOWN = /^- `(?<name>[^`]+)` = (?<value>.*?)(?<open> \(not confirmed\))?$/u;

function readKnown(line: string): [string, KnownValue][] {
  const parts = KNOWN.exec(line.trimEnd())?.groups;
  if (parts === undefined) return [];
  return [[parts["name"] ?? "", { value: jsonOf(parts["value"] ?? ""), isConfirmed: parts["open"] === undefined }]];
}

function readFact(item: string): [string, string][] {
  const parts = /^`(?<name>[^`]+)`(?: =|:)? (?<value>.+)$/u.exec(item.trim())?.groups;
  return parts === undefined ? [] : [[parts["name"] ?? "", (parts["value"] ?? "").trim()]];
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
