import type { HubspotRequests } from "./client.ts";
import { nullWhenGone } from "./refusal.ts";
import { hasTag, keyTag } from "./tag.ts";
import { WireAssociated, WireRecord, WireRecords } from "./wire.ts";

const NOTE_TO_CONTACT = 202;
const MOST_NOTES = 500;
const BATCH = 100;
const LONGEST_BODY = 60_000;

export interface NewNote {
  readonly contactId: string;
  readonly text: string;
  readonly key: string;
  readonly nowMs: number;
}

/** Adds a note once: notes have no unique property, so the body's last line carries the key and the contact's notes are looked through first. */
export async function addNote(requests: HubspotRequests, note: NewNote): Promise<{ readonly noteId: string }> {
  const existing = await findNote(requests, note);
  if (existing !== null) return { noteId: existing };
  const noteId = await requests.write(
    (api) =>
      api.notes.create({
        properties: { hs_timestamp: new Date(note.nowMs).toISOString(), hs_note_body: bodyOf(note) },
        associations: [
          {
            to: { id: note.contactId },
            types: [{ associationCategory: "HUBSPOT_DEFINED" as never, associationTypeId: NOTE_TO_CONTACT }],
          },
        ],
      }),
    (answer) => WireRecord.parse(answer).id,
  );
  return { noteId };
}

/** Removes all notes of a contact: HubSpot keeps a note when its contact goes. */
export async function removeNotesOf(requests: HubspotRequests, contactId: string): Promise<void> {
  for (const id of await notesOf(requests, contactId)) {
    await requests
      .write(
        (api) => api.notes.archive(id),
        () => null,
      )
      .catch(nullWhenGone);
  }
}

const notesOf = (requests: HubspotRequests, contactId: string): Promise<readonly string[]> =>
  requests.read(
    (api) => api.associations.getPage("contacts", contactId, "notes", undefined, MOST_NOTES),
    (answer) => WireAssociated.parse(answer).results.map((each) => each.toObjectId),
  );

async function findNote(requests: HubspotRequests, { contactId, key }: NewNote): Promise<string | null> {
  const ids = await notesOf(requests, contactId);
  for (let from = 0; from < ids.length; from += BATCH) {
    const inputs = ids.slice(from, from + BATCH).map((id) => ({ id }));
    const notes = await requests.read(
      (api) => api.noteBatch.read({ inputs, properties: ["hs_note_body"], propertiesWithHistory: [] }),
      (answer) => WireRecords.parse(answer).results,
    );
    const own = notes.find((note) => hasTag(note.properties["hs_note_body"], keyTag(key)));
    if (own !== undefined) return own.id;
  }
  return null;
}

/** The body is HTML: what callers said is text. */
const bodyOf = ({ text, key }: NewNote): string =>
  `<p>${escapeHtml(text.slice(0, LONGEST_BODY)).replaceAll("\n", "<br>")}</p><p>${keyTag(key)}</p>`;

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
