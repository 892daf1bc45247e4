import { Html, html } from "./html.ts";

/** A column: its title, and whether it holds figures, a time, or text. */
export type Column = readonly [title: string, kind?: "num" | "when"];

type Cell = Html | string | number | null;

/** A table that becomes a list on a narrow screen; a sentence where there is nothing. */
export function tableOf(columns: readonly Column[], rows: readonly (readonly Cell[])[], nothing: string): Html {
  if (rows.length === 0) return html`<p class="muted">${nothing}</p>`;
  const head = columns.map(([title, kind]) => html`<th class="${kind ?? ""}">${title}</th>`);
  const body = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell, index) => html`<td class="${columns[index]?.[1] ?? ""}" data-label="${columns[index]?.[0] ?? ""}">${cell ?? "–"}</td>`)}
      </tr>`,
  );
  return html`<div class="wide">
    <table class="stack">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

/** To the second, UTC. */
export const when = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 19)}`;
export const ms = (value: number | null): string => (value === null ? "–" : `${Math.round(value)} ms`);
export const short = (hash: string | null): Html => html`<code>${hash === null ? "–" : hash.slice(0, 16)}</code>`;
