import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@tandem/kernel";
import { signTicket, verifyTicket } from "@tandem/secrets";
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

const TICKET = /[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g;
const PURPOSES = ["trial", "call", "stream", "agent", "last-known-good", "pin", "operations"] as const;

/** `purpose in place` for every ticket that the installation signed, expired or not, known to the test or not. */
export const ticketsIn = (key: Secret, places: readonly Place[]): string[] =>
  places.flatMap(({ name, text }) =>
    [...new Set(text.match(TICKET))].flatMap((ticket) =>
      PURPOSES.filter((purpose) => verifyTicket(key, purpose, ticket, 0) !== null).map(
        (purpose) => `a ticket (${purpose}) in ${name}`,
      ),
    ),
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

/** What every process but the emulated vendors has printed. */
export const logsOf = ({ processes }: Installation): Place[] =>
  processes
    .filter(({ app }) => app !== "sandbox")
    .map(({ app, child, log }) => ({ name: `log of ${app} ${child.pid}`, text: log }));

/** Every file that the media node keeps, as text. It goes on writing meanwhile: when one was renamed or sent before it was read, looks again. */
export function mediaFiles(installation: Installation, looks = 20): Place[] {
  try {
    const kept = readdirSync(join(installation.folder, "media"), { recursive: true, withFileTypes: true });
    return kept
      .filter((entry) => entry.isFile())
      .map((entry) => ({
        name: `media file ${entry.name}`,
        text: readFileSync(join(entry.parentPath, entry.name), "utf8"),
      }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || looks <= 1) throw error;
    return mediaFiles(installation, looks - 1);
  }
}

/** What the media node tells operators: its metrics and its state. */
export async function operatorViews(installation: Installation): Promise<Place[]> {
  const key = new Secret(installation.secrets()["TANDEM_TICKET_KEY"] ?? "");
  const authorization = `Bearer ${signTicket(key, "operations", {}, Date.now() + 60_000)}`;
  return Promise.all(
    ["/metrics", "/nodes"].map(async (path) => {
      const response = await fetch(`http://127.0.0.1:${installation.ports.media}${path}`, {
        headers: { authorization },
      });
      return { name: `media ${path} → ${response.status}`, text: await response.text() };
    }),
  );
}
