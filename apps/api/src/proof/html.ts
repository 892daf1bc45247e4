/** Markup that is safe to put into a page as it is. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = Html | string | number | null | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that do not show, or turn the direction of writing: control and format characters but tabs and line feeds. */
const UNSEEN = /(?![\t\n\r])[\p{Cc}\p{Cf}]/gu;
const named = (character: string): string =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;

/** Text as it reads, whatever markup is in it; what would not show is told by its number. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "").replaceAll(UNSEEN, named);

function render(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.markup;
  if (typeof part === "string") return escaped(part);
  return typeof part === "number" ? String(part) : part.map(render).join("");
}

/** A template whose every value is escaped unless it is markup made by this. Values stand between tags or in quoted attributes only. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.reduce((page, string, index) => page + render(parts[index - 1] ?? null) + string));
