import { AppError, type Clock } from "@tandem/kernel";
import type { Crm } from "@tandem/ports/crm";
import type { HubspotClient } from "./client.ts";
import { findTestContact, removeTestContact, upsertContact } from "./contacts.ts";
import { removeTestDeal, upsertDeal } from "./deals.ts";
import { addNote } from "./notes.ts";
import { probeHubspot } from "./probe.ts";

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
    findTestContact: (email) => client.run("find test contact", (requests) => findTestContact(requests, email)),
    removeTestContact: (contactId) =>
      client.run("remove test contact", (requests) => removeTestContact(requests, contactId)),
    removeTestDeal: (dealId) => client.run("remove test deal", (requests) => removeTestDeal(requests, dealId)),
  };
}
