import { AppError, type Clock, VendorError } from "@tandem/kernel";
import type { Contact, Crm, Deal } from "@tandem/ports/crm";
import type { HubspotClient, HubspotRequests } from "./client.ts";
import { DEAL_KEY_PROPERTY, TEST_PROPERTY } from "./descriptor.ts";
import { addNote } from "./notes.ts";
import { probeHubspot } from "./probe.ts";
import { isConflict, nullWhenGone, refusal } from "./refusal.ts";
import { resolveStage } from "./stage-id.ts";
import { WireRecord, WireRecords, WireUpserted } from "./wire.ts";

const CONTACT_PROPERTIES = ["email", "phone", TEST_PROPERTY];
const TEST_KEY_PREFIX = "test-";

/** Contacts, deals and notes in one portal. */
export function hubspotCrm(client: HubspotClient, clock: Clock): Crm {
  return {
    probe: () => probeHubspot(client),
    async upsertContact(contact) {
      if (!contact.email && !contact.phone)
        throw new AppError("invalid_input", "a contact needs an e-mail address or a phone number");
      return client.run("upsert contact", (requests) => upsertContact(requests, contact));
    },
    upsertDeal: (deal) => client.run("upsert deal", (requests) => upsertDeal(requests, deal)),
    addNote: (contactId, text, key) =>
      client.run("add note", (requests) => addNote(requests, { contactId, text, key, nowMs: clock.now() })),
    removeTestContact: (contactId) =>
      client.run("remove test contact", (requests) => removeTestContact(requests, contactId)),
    removeTestDeal: (dealId) => client.run("remove test deal", (requests) => removeTestDeal(requests, dealId)),
  };
}

async function upsertContact(requests: HubspotRequests, contact: Contact) {
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

const propertiesOf = ({ email, phone, properties, isTest }: Contact): Record<string, string> => ({
  ...properties,
  ...(email ? { email } : {}),
  ...(phone ? { phone } : {}),
  ...(isTest ? { [TEST_PROPERTY]: "true" } : {}),
});

const isMarked = (record: WireRecord): boolean => record.properties[TEST_PROPERTY] === "true";

const readContact = (requests: HubspotRequests, contactId: string): Promise<WireRecord | null> =>
  requests
    .read(
      (api) => api.contacts.getById(contactId, CONTACT_PROPERTIES),
      (answer) => WireRecord.parse(answer),
    )
    .catch(nullWhenGone);

/**
 * Upserts by our unique key, then ties the deal to the contact: both writes do nothing new when repeated. The key of a deal of a test
 * contact begins with `test-`: that is the deal's own mark.
 */
async function upsertDeal(requests: HubspotRequests, deal: Deal) {
  const contact = await readContact(requests, deal.contactId);
  if (contact === null) throw refusal("upsert deal", "not-found", "the contact is gone");
  const id = isMarked(contact) ? TEST_KEY_PREFIX + deal.key : deal.key;
  const properties = {
    ...deal.properties,
    dealname: deal.name,
    pipeline: deal.pipelineId,
    dealstage: resolveStage(deal.pipelineId, deal.stageId),
    [DEAL_KEY_PROPERTY]: id,
  };
  const [upserted] = await requests
    .write(
      (api) => api.dealBatch.upsert({ inputs: [{ id, idProperty: DEAL_KEY_PROPERTY, properties }] }),
      (answer) => WireUpserted.parse(answer).results,
    )
    .catch(explainMissingKey);
  await requests.write(
    (api) => api.associations.createDefault("deals", upserted.id, "contacts", deal.contactId),
    () => null,
  );
  return { dealId: upserted.id, created: upserted._new };
}

function explainMissingKey(error: unknown): never {
  if (!(error instanceof VendorError) || error.facts.fault !== "invalid" || !error.message.includes(DEAL_KEY_PROPERTY))
    throw error;
  const fix = `the playbook must declare a crm.property \`${DEAL_KEY_PROPERTY}\` on deals, type string, unique`;
  throw new VendorError(`${error.message} (${fix})`, error.facts);
}

async function removeTestContact(requests: HubspotRequests, contactId: string): Promise<void> {
  const contact = await readContact(requests, contactId);
  if (contact === null) return;
  if (!isMarked(contact)) throw refusal("remove test contact", "invalid", "the contact does not bear the test mark");
  await requests
    .write(
      (api) => api.contacts.archive(contact.id),
      () => null,
    )
    .catch(nullWhenGone);
}

async function removeTestDeal(requests: HubspotRequests, dealId: string): Promise<void> {
  const deal = await requests
    .read(
      (api) => api.deals.getById(dealId, [DEAL_KEY_PROPERTY]),
      (answer) => WireRecord.parse(answer),
    )
    .catch(nullWhenGone);
  if (deal === null) return;
  if (!deal.properties[DEAL_KEY_PROPERTY]?.startsWith(TEST_KEY_PREFIX))
    throw refusal("remove test deal", "invalid", "the deal does not bear the test mark");
  await requests
    .write(
      (api) => api.deals.archive(dealId),
      () => null,
    )
    .catch(nullWhenGone);
}
