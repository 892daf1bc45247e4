import type { Probe } from "./probe.ts";

export interface Contact {
  /** Natural identity, tried in order: e-mail, then phone. At least one is given. */
  readonly email?: string;
  readonly phone?: string;
  /** Full name as spoken; the adapter splits it as its vendor wants. */
  readonly name?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly isTest: boolean;
}

export interface Deal {
  /** Ours: the same key again updates instead of adding (call-scoped). */
  readonly key: string;
  readonly name: string;
  readonly pipelineId: string;
  /** Key of a stage as the pipeline's resource declares it; the adapter knows the vendor's stage behind it. */
  readonly stageId: string;
  readonly contactId: string;
  readonly properties: Readonly<Record<string, string>>;
  /** True for what a smoke test makes, so that it may be removed again. */
  readonly isTest?: boolean;
}

/** Leads in one CRM account. Errors: `VendorError`. */
export interface Crm extends Probe {
  /** Finds by e-mail or phone and updates, or creates. */
  upsertContact(contact: Contact): Promise<{ readonly contactId: string; readonly created: boolean }>;
  upsertDeal(deal: Deal): Promise<{ readonly dealId: string; readonly created: boolean }>;
  addNote(contactId: string, text: string, key: string): Promise<{ readonly noteId: string }>;
  /** The contact with this e-mail address, if a test made it; null for none and for a real person's. Sees what was just written. */
  findTestContact(email: string): Promise<{ readonly contactId: string } | null>;
  /** Removes a contact that a smoke test made; gone is not an error. Refuses (fault `invalid`) a contact that is not marked as test. */
  removeTestContact(contactId: string): Promise<void>;
  removeTestDeal(dealId: string): Promise<void>;
}
