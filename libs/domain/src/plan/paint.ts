/** What a piece of prose is, for whoever colours it. */
export type Ink = "title" | "muted" | "create" | "update" | "replace" | "delete" | "warning" | "error" | "good";

/** Colours a piece of text; the plain one leaves it as it is. */
export type Paint = (ink: Ink, text: string) => string;

export const plainPaint: Paint = (_ink, text) => text;

const ANSI: Readonly<Record<Ink, string>> = {
  title: "1",
  muted: "2",
  create: "32",
  update: "33",
  replace: "35",
  delete: "31",
  warning: "33",
  error: "1;31",
  good: "32",
};

/** Colours for a terminal (ANSI SGR). */
export const ansiPaint: Paint = (ink, text) => (text === "" ? "" : `\u001b[${ANSI[ink]}m${text}\u001b[0m`);
