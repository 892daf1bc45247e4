import type { Contact } from "@tandem/ports/crm";
import type { HubspotRequests } from "./client.ts";
import { removeTestDealsOf } from "./deals.ts";
import { removeNotesOf } from "./notes.ts";
import { isConflict, nullWhenGone, refusal } from "./refusal.ts";
import { hasTag, TEST_TAG, withTag } from "./tag.ts";
import { WireRecord, WireRecords } from "./wire.ts";

/** HubSpot's own multi-line property of contacts. On a contact that a test made, and only there, it holds the test mark. */
const MARKED_PROPERTY = "message";
const CONTACT_PROPERTIES = ["email", "phone", MARKED_PROPERTY];

/** Finds a contact and updates it, or creates it. */
export async function upsertContact(requests: HubspotRequests, contact: Contact) {
  const existing = await findContact(requests, contact);
  if (existing !== null) return updateContact(requests, existing, contact);
  try {
    const contactId = await requests.write(
      (api) => api.contacts.create({ properties: propertiesOf(contact), associations: [] }),
      (answer) => WireRecord.parse(answer).id,
    );
    return { contactId, created: true };
  } catch (error) {
    const taken = isConflict(error) && contact.email ? await readByEmail(requests, contact.email) : null;
    if (taken === null) throw error;
    return updateContact(requests, taken, contact);
  }
}

/** By e-mail (exact and current), then by phone (search, which lags). A phone match with another e-mail address is another person. */
async function findContact(requests: HubspotRequests, contact: Contact): Promise<WireRecord | null> {
  const byEmail = contact.email ? await readByEmail(requests, contact.email) : null;
  if (byEmail !== null || !contact.phone) return byEmail;
  const found = await searchByPhone(requests, contact.phone);
  return found.find(({ properties }) => !contact.email || !properties["email"]) ?? null;
}

const readByEmail = (requests: HubspotRequests, email: string): Promise<WireRecord | null> =>
  requests
    .read(
      (api) => api.contacts.getById(email, CONTACT_PROPERTIES, undefined, undefined, false, "email"),
      (answer) => WireRecord.parse(answer),
    )
    .catch(nullWhenGone);

const searchByPhone = (requests: HubspotRequests, phone: string): Promise<readonly WireRecord[]> =>
  requests.read(
    (api) =>
      api.contactSearch.doSearch({
        filterGroups: [{ filters: [{ propertyName: "phone", operator: "EQ" as never, value: phone }] }],
        properties: CONTACT_PROPERTIES,
        sorts: ["createdate"],
        limit: 10,
      }),
    (answer) => WireRecords.parse(answer).results,
  );

async function updateContact(requests: HubspotRequests, existing: WireRecord, contact: Contact) {
  if (contact.isTest && !isMarked(existing))
    throw refusal(
      "upsert contact",
      "invalid",
      "a real contact has this e-mail address or phone number; tests may not touch it",
    );
  const contactId = await requests.write(
    (api) => api.contacts.update(existing.id, { properties: propertiesOf(contact) }),
    (answer) => WireRecord.parse(answer).id,
  );
  return { contactId, created: false };
}

function propertiesOf({ email, phone, name, properties, isTest }: Contact): Record<string, string> {
  return {
    ...(name ? namesOf(name) : {}),
    ...properties,
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    ...(isTest ? { [MARKED_PROPERTY]: withTag(properties[MARKED_PROPERTY] ?? "Made by a smoke test.", TEST_TAG) } : {}),
  };
}

/** The last word of a spoken name is the last name; a single word is the first. */
function namesOf(name: string): Record<string, string> {
  const words = name.trim().split(/\s+/u);
  const lastname = words.length > 1 ? words.at(-1) : undefined;
  const firstname = lastname === undefined ? words.join(" ") : words.slice(0, -1).join(" ");
  return { ...(firstname === "" ? {} : { firstname }), ...(lastname === undefined ? {} : { lastname }) };
}

const isMarked = (record: WireRecord): boolean => hasTag(record.properties[MARKED_PROPERTY], TEST_TAG);

/** A contact by id; null when it is gone. */
const readContact = (requests: HubspotRequests, contactId: string): Promise<WireRecord | null> =>
  requests
    .read(
      (api) => api.contacts.getById(contactId, CONTACT_PROPERTIES),
      (answer) => WireRecord.parse(answer),
    )
    .catch(nullWhenGone);

/** By e-mail, which is exact and current. */
export async function findTestContact(
  requests: HubspotRequests,
  email: string,
): Promise<{ readonly contactId: string } | null> {
  const found = await readByEmail(requests, email);
  return found !== null && isMarked(found) ? { contactId: found.id } : null;
}

/** Removes what a test made, with the notes and test deals on it; refuses what does not bear the mark. */
export async function removeTestContact(requests: HubspotRequests, contactId: string): Promise<void> {
  const contact = await readContact(requests, contactId);
  if (contact === null) return;
  if (!isMarked(contact)) throw refusal("remove test contact", "invalid", "the contact does not bear the test mark");
  await removeNotesOf(requests, contact.id);
  await removeTestDealsOf(requests, contact.id);
  await requests
    .write(
      (api) => api.contacts.archive(contact.id),
      () => null,
    )
    .catch(nullWhenGone);
}
