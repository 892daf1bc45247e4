import { E164 } from "@tandem/domain/tenant";
import type { Contact, Crm } from "@tandem/ports/crm";
import { requireResource, textOf } from "./calendar-operations.ts";
import { failure, success, type ToolOutcome, type ToolRun } from "./tool-job.ts";

/** Keeps the caller: found by e-mail, then by phone; the number they call from stands in for one they did not tell. */
export async function upsertContact(crm: Crm, run: ToolRun): Promise<ToolOutcome> {
  const contact = contactOf(run);
  if (contact === null) return failure("invalid-arguments", "Ask for an e-mail address or a phone number first.");
  const { contactId } = await crm.upsertContact(contact);
  return success({ contact_id: contactId }, { contactId });
}

/** One deal per call, moved on by later tools of the same call. */
export async function upsertDeal(crm: Crm, run: ToolRun): Promise<ToolOutcome> {
  const contactId = await contactIdOf(crm, run);
  if (contactId === null) return noContact();
  const { dealId } = await crm.upsertDeal({
    key: run.call.dealKey,
    name: `${String(run.settings["dealName"])} ${run.call.from ?? ""} ${new Date(run.call.nowMs).toISOString().slice(0, 10)}`.replaceAll(
      "  ",
      " ",
    ),
    pipelineId: requireResource(run),
    stageId: String(run.settings["dealStage"]),
    contactId,
    properties: mappedProperties(run),
    isTest: run.call.isTest,
  });
  return success({ deal_id: dealId, contact_id: contactId }, { contactId });
}

export async function addNote(crm: Crm, run: ToolRun): Promise<ToolOutcome> {
  const text = textOf(run.arguments, "text");
  if (text === null) return failure("invalid-arguments", "Give the text of the note.");
  const contactId = await contactIdOf(crm, run);
  if (contactId === null) return noContact();
  const { noteId } = await crm.addNote(contactId, text, run.call.key);
  return success({ note_id: noteId, contact_id: contactId }, { contactId });
}

const noContact = (): ToolOutcome => failure("no-contact", "Save the contact first: the caller's number is withheld.");

/** The contact of this call; made from the caller's number when none was saved. */
async function contactIdOf(crm: Crm, run: ToolRun): Promise<string | null> {
  if (run.call.contactId !== null) return run.call.contactId;
  if (run.call.from === null) return null;
  return (await crm.upsertContact({ phone: run.call.from, properties: {}, isTest: run.call.isTest })).contactId;
}

function contactOf(run: ToolRun): Contact | null {
  const email = textOf(run.arguments, "email");
  const told = textOf(run.arguments, "phone");
  const phone = told !== null && E164.safeParse(told).success ? told : run.call.from;
  const name = textOf(run.arguments, "name");
  if (email === null && phone === null) return null;
  return {
    ...(email === null ? {} : { email }),
    ...(phone === null ? {} : { phone }),
    ...(name === null ? {} : { name }),
    properties: mappedProperties(run),
    isTest: run.call.isTest,
  };
}

const FIXED = new Set(["dealName", "dealStage"]);

/** Settings name the property that an argument is written to. */
function mappedProperties(run: ToolRun): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const [argument, property] of Object.entries(run.settings)) {
    const value = run.arguments[argument];
    if (FIXED.has(argument) || value === undefined || value === null || value === "") continue;
    properties[String(property)] = String(value);
  }
  return properties;
}
