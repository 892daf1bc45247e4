import { type Json, VendorError } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import { addNote, upsertContact, upsertDeal } from "./crm-operations.ts";
import { book, cancel, findSlots, reschedule } from "./calendar-operations.ts";
import type { ToolJob, ToolOutcome, ToolRun } from "./tool-job.ts";

/** Opens a connection, or gives the one that is open. */
export type OpenForJob = (connection: ToolJob["connection"]) => Promise<OpenConnection>;

/** Does one job against the vendor. Throws `VendorError`. */
export async function runJob(work: ToolJob, open: OpenForJob): Promise<Json> {
  const connection = await open(work.connection);
  switch (work.job) {
    case "run-tool":
      return (await runTool(work, connection)) as unknown as Json;
    case "redirect-call":
      await portOf(connection, "telephony", work.connection).redirectCall(work.callId, work.documentUrl);
      return null;
    case "list-calls":
      return (await portOf(connection, "telephony", work.connection).liveCalls(work.number)).map((call) => call.callId);
  }
}

function runTool(run: ToolRun, connection: OpenConnection): Promise<ToolOutcome> {
  const calendar = () => portOf(connection, "calendar", run.connection);
  const crm = () => portOf(connection, "crm", run.connection);
  switch (run.operation) {
    case "calendar.find-slots":
      return findSlots(calendar(), run);
    case "calendar.book":
      return book(calendar(), run);
    case "calendar.reschedule":
      return reschedule(calendar(), run);
    case "calendar.cancel":
      return cancel(calendar(), run);
    case "crm.upsert-contact":
      return upsertContact(crm(), run);
    case "crm.upsert-deal":
      return upsertDeal(crm(), run);
    case "crm.add-note":
      return addNote(crm(), run);
  }
}

type Port = "telephony" | "calendar" | "crm";

function portOf<Name extends Port>(
  connection: OpenConnection,
  name: Name,
  { served }: ToolJob["connection"],
): NonNullable<OpenConnection[Name]> {
  const port = connection[name];
  if (port === undefined) {
    const facts = { vendor: served.vendor, operation: name, fault: "invalid", effect: "none" } as const;
    throw new VendorError(`${served.vendor} has no ${name}`, facts);
  }
  return port;
}
