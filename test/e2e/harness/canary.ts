import type { Installation } from "./installation.ts";

/** A place in which something was looked for. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** A value that must not show, with the forms in which it would. */
export interface Canary {
  readonly name: string;
  readonly forms: readonly string[];
}

/** A secret as itself, percent-encoded, as JSON text, and in base64 (as in a Basic header behind each of its user names). */
export function canary(name: string, value: string, userNames: readonly string[] = []): Canary {
  const inJson = JSON.stringify(value).slice(1, -1);
  const basic = userNames.map((user) => Buffer.from(`${user}:${value}`).toString("base64").replace(/=+$/, ""));
  const own = Buffer.from(value).toString("base64").replace(/=+$/, "").slice(0, -1);
  return { name, forms: [...new Set([value, encodeURIComponent(value), inJson, own, ...basic])] };
}

/** `canary in place: …excerpt…` for every hit. */
export const hits = (canaries: readonly Canary[], places: readonly Place[]): string[] =>
  canaries.flatMap(({ name, forms }) =>
    places.flatMap((place) => {
      const form = forms.find((each) => place.text.includes(each));
      if (form === undefined) return [];
      const at = place.text.indexOf(form);
      return [`${name} in ${place.name}: …${place.text.slice(Math.max(0, at - 120), at + form.length + 60)}…`];
    }),
  );

/** Every row of every table of every schema of the installation's database as text, the queue's included. */
export async function databaseRows(installation: Installation): Promise<Place[]> {
  const tables = await installation.rows<{ schema: string; name: string }>(
    "SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')",
  );
  const places: Place[] = [];
  for (const { schema, name } of tables) {
    const rows = await installation.rows<{ text: string }>(
      `SELECT row_to_json(t)::text AS text FROM "${schema}"."${name}" t`,
    );
    places.push({ name: `${schema}.${name}`, text: rows.map(({ text }) => text).join("\n") });
  }
  return places;
}
