import type { Draft } from "./draft.ts";

/** Unsaved changes: what they were made to, and what has come of it. */
export interface Edit {
  readonly base: Draft;
  readonly mine: Draft;
  /** When the last change was made, ISO 8601. */
  readonly at: string;
}

const PREFIX = "tandem.edit.";

/** Reads an edit that this tab has kept; null without one. */
export function loadEdit(name: string): Edit | null {
  try {
    const edit: unknown = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null");
    return isEdit(edit) ? edit : null;
  } catch {
    return null;
  }
}

/** Keeps an edit in this tab for as long as it is open, so that neither a reload nor an ended session loses typing. */
export function keepEdit(name: string, edit: Edit | null): void {
  try {
    if (edit === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(edit));
  } catch {
    // The browser keeps nothing: the page still holds the edit.
  }
}

const isEdit = (value: unknown): value is Edit => {
  const { base, mine, at } = (value ?? {}) as Partial<Edit>;
  return isDraft(base) && isDraft(mine) && typeof at === "string";
};

const isDraft = (value: unknown): value is Draft => {
  const { number, connections, overlay } = (value ?? {}) as Partial<Draft>;
  return (
    (number === null || typeof number === "string") && typeof connections === "object" && typeof overlay === "object"
  );
};
