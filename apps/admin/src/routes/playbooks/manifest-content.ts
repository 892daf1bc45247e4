type Members = Readonly<Record<string, unknown>>;

/** An input of a playbook, as its documentation shows it. */
export interface ParameterDoc {
  readonly name: string;
  readonly label: string;
  readonly hint: string | null;
  readonly group: string | null;
  readonly isRequired: boolean;
  /** Its type with bounds and unit in words. */
  readonly type: string;
  /** Undefined when there is none. */
  readonly standard: unknown;
}

/** What pages read of a published manifest; whatever is missing is empty. */
export interface ManifestContent {
  readonly title: string;
  readonly summary: string;
  readonly parameters: readonly ParameterDoc[];
}

export function manifestOf(content: unknown): ManifestContent {
  const { title, summary, parameters } = membersOf(content);
  return {
    title: textOf(title) ?? "",
    summary: textOf(summary) ?? "",
    parameters: Object.entries(membersOf(parameters)).map(([name, declared]) => parameterOf(name, membersOf(declared))),
  };
}

const membersOf = (value: unknown): Members =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

const parameterOf = (name: string, declared: Members): ParameterDoc => ({
  name,
  label: textOf(declared["label"]) ?? name,
  hint: textOf(declared["hint"]),
  group: textOf(declared["group"]),
  isRequired: declared["required"] === true,
  type: typeWords(declared),
  standard: declared["default"],
});

const TYPES: Readonly<Record<string, string>> = {
  integer: "whole number",
  boolean: "yes or no",
  "phone-number": "phone number (E.164)",
  email: "e-mail address",
  url: "address",
  "time-zone": "time zone",
  "weekly-hours": "weekly hours",
  "schedule-overrides": "exceptions to the hours",
};

function typeWords(declared: Members): string {
  const type = textOf(declared["type"]) ?? "";
  const word = TYPES[type] ?? type;
  if (type === "choice") return `one of ${choicesOf(declared).join(", ")}`;
  if (type === "list") return `list of ${typeWords(membersOf(declared["of"]))}${boundWords(declared, " items")}`;
  const unit = type === "integer" ? textOf(declared["unit"]) : "characters";
  return `${word}${boundWords(declared, unit === null ? "" : ` ${unit}`)}`;
}

function choicesOf({ choices }: Members): string[] {
  const all: readonly unknown[] = Array.isArray(choices) ? choices : [];
  return all.map((choice) => String(membersOf(choice)["value"]));
}

function boundWords(declared: Members, unit: string): string {
  const [min, max] = [numberOf(declared["min"]), numberOf(declared["max"])];
  if (min === null && max === null) return unit === "" || unit === " characters" || unit === " items" ? "" : `,${unit}`;
  if (min === null) return `, at most ${max}${unit}`;
  return max === null ? `, at least ${min}${unit}` : `, ${min} to ${max}${unit}`;
}

/** Parameters under their headings, in the author's order. */
export function parameterGroups(
  parameters: readonly ParameterDoc[],
): { group: string | null; parameters: readonly ParameterDoc[] }[] {
  return [...Map.groupBy(parameters, ({ group }) => group)].map(([group, own]) => ({ group, parameters: own }));
}
