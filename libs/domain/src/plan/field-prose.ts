import type { Json } from "@tandem/kernel";
import type { FieldChange } from "./change.ts";
import { SOURCE_NAMES } from "./change-reason.ts";
import { type Ink, type Paint, plainPaint } from "./paint.ts";
import { textDiff, type TextLine, textExcerpts } from "./text-diff.ts";
import { printable, shortened, sidesProse, valueProse, wrapped } from "./value-prose.ts";

/** How field changes are laid out. */
export interface FieldLayout {
  readonly paint: Paint;
  /** Width of the whole line, indent included. */
  readonly columns: number;
  readonly indent: string;
}

const SYMBOLS = { add: "+", remove: "-", set: "~", move: "↕" } as const;
const INKS: Readonly<Record<FieldChange["operation"], Ink>> = {
  add: "create",
  remove: "delete",
  set: "update",
  move: "update",
};
const MOST_TEXT_LINES = 24;
const MOST_WRAPPED_LINES = 4;

/** Field changes in prose, one or more lines each: before → after with where the new value comes from. */
export function renderFieldChanges(
  changes: readonly FieldChange[],
  layout: FieldLayout = { paint: plainPaint, columns: 100, indent: "" },
): string[] {
  const lines: string[] = [];
  for (const change of changes) pushLines(lines, change, layout);
  return lines;
}

function pushLines(lines: string[], change: FieldChange, layout: FieldLayout): void {
  const { paint, indent, columns } = layout;
  const head = `${indent}${paint(INKS[change.operation], SYMBOLS[change.operation])} ${printable(change.path === "" ? "everything" : change.path)}`;
  const note = noteOf(change);
  const shownNote = note === "" ? "" : `  ${paint("muted", note)}`;
  const taken = indent.length + 2 + change.path.length + (note === "" ? 0 : note.length + 2);
  const inline = inlineProse(change, columns - taken - 2);
  if (inline !== null) lines.push(`${head}: ${inline}${shownNote}`);
  else lines.push(`${head}${shownNote}`, ...block(change, { ...layout, indent: `${indent}    ` }));
}

function noteOf({ source, knownAfterApply }: FieldChange): string {
  const known = knownAfterApply === true ? "known after apply" : "";
  const from =
    source === undefined || source === "playbook" || knownAfterApply === true ? "" : `from ${SOURCE_NAMES[source]}`;
  return known + from;
}

/** `before → after` where it fits; null where it needs lines of its own. */
function inlineProse({ operation, before, after }: FieldChange, room: number): string | null {
  if (operation === "move") return `from place ${Number(before) + 1} to ${Number(after) + 1}`;
  if (isLongText(before) || isLongText(after)) return null;
  const text = printable(sidesProse([before, after].filter((value) => value !== undefined)).join(" → "));
  return text.length <= room ? text : null;
}

const isLongText = (value: Json | undefined): boolean => typeof value === "string" && value.includes("\n");

function block({ operation, before, after }: FieldChange, layout: FieldLayout): string[] {
  if (operation === "set" && before !== undefined && after !== undefined) return exchange(before, after, layout);
  const [mark, value] = after === undefined ? (["removed", before] as const) : (["added", after] as const);
  if (typeof value === "string") return opening(value, mark, layout);
  return itemised(value ?? null).flatMap((text) => painted({ kind: mark, text }, layout));
}

function exchange(before: Json, after: Json, layout: FieldLayout): string[] {
  if (typeof before === "string" && typeof after === "string") return exchangedText(before, after, layout);
  if (Array.isArray(before) && Array.isArray(after)) return capped(textDiff(joined(before), joined(after)), layout);
  const sides = [
    { kind: "removed", value: before },
    { kind: "added", value: after },
  ] as const;
  return sides.flatMap(({ kind, value }) => painted({ kind, text: valueProse(value) }, layout));
}

const joined = (items: readonly Json[]): string => items.map(valueProse).join("\n");

function exchangedText(before: string, after: string, layout: FieldLayout): string[] {
  if (before.includes("\n") || after.includes("\n")) return capped(textDiff(before, after), layout);
  const width = layout.columns - layout.indent.length - 2;
  const isWhole = Math.max(before.length, after.length) <= width * MOST_WRAPPED_LINES;
  const [left, right] = isWhole ? [before, after] : textExcerpts(before, after, width - 2);
  return [...wrappedText("removed", left, layout), ...wrappedText("added", right, layout)];
}

function wrappedText(kind: "added" | "removed", text: string, layout: FieldLayout): string[] {
  const [first = "", ...rest] = wrapped(printable(JSON.stringify(text)), layout.columns - layout.indent.length - 2);
  const ink = LINE_INKS[kind];
  return [
    ...painted({ kind, text: first }, layout),
    ...rest.map((line) => `${layout.indent}  ${layout.paint(ink, line)}`),
  ];
}

/** The beginning of a text and how much follows. */
function opening(text: string, kind: "added" | "removed", layout: FieldLayout): string[] {
  const [first = "", ...rest] = text.split("\n");
  if (rest.length === 0 && text.length <= layout.columns * MOST_WRAPPED_LINES) return wrappedText(kind, text, layout);
  const more: TextLine = { kind: "gap", text: `${rest.length} more line${rest.length === 1 ? "" : "s"}` };
  return [{ kind, text: first }, ...(rest.length === 0 ? [] : [more])].flatMap((line) => painted(line, layout));
}

/** Members or items of a value that does not fit one line. */
function itemised(value: Json): string[] {
  if (Array.isArray(value)) return value.map(valueProse);
  if (typeof value !== "object" || value === null) return [valueProse(value)];
  return Object.entries(value).map(([name, member]) => `${name}: ${valueProse(member)}`);
}

function capped(lines: readonly TextLine[], layout: FieldLayout): string[] {
  const hidden = lines.length - MOST_TEXT_LINES;
  const shown: readonly TextLine[] =
    hidden <= 1
      ? lines
      : [...lines.slice(0, MOST_TEXT_LINES), { kind: "gap", text: `${hidden} more lines of this comparison` }];
  return shown.flatMap((line) => painted(line, layout));
}

const MARKS = { same: " ", added: "+", removed: "-", gap: "⋮" } as const;
const LINE_INKS = { same: "muted", added: "create", removed: "delete", gap: "muted" } as const;

function painted({ kind, text }: TextLine, { paint, columns, indent }: FieldLayout): string[] {
  return [indent + paint(LINE_INKS[kind], `${MARKS[kind]} ${shortened(printable(text), columns - indent.length - 2)}`)];
}
