import { instant, VendorError } from "@tandem/kernel";
import type { Finding } from "@tandem/domain/plan";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { CanaryWrite } from "../memory.ts";
import { describeVendorError } from "../executor/failure.ts";
import { ask, connectionAddress } from "./ask.ts";
import { type CanaryEnd, type CanaryJournal, removeCanary, removeMade, unsettledMs } from "./canary-journal.ts";
import { finding } from "./finding.ts";
import type { Check, PreflightFacts } from "./check.ts";

const DAY_MS = 86_400_000;

/** Far enough ahead to stand in nobody's way for the moment that it exists. */
const AHEAD_MS = 330 * DAY_MS;
const LENGTH_MS = 15 * 60_000;

/**
 * A test booking and a test contact are really made and removed again, where the account's policy allows test objects and the release
 * books or keeps contacts. What an earlier try left is removed first. A plan makes none.
 */
export const checkCanaries: Check = async (facts) => {
  const { canaries } = facts;
  if (canaries === null) return [];
  const findings: Finding[] = [];
  for (const left of canaries.present())
    findings.push(
      ...(await ask(facts, left.connectionId, (connection) => removeLeft(facts, canaries, connection, left))),
    );
  if (canaries.present().length > 0) return findings;
  for (const planned of [plannedBooking(facts), plannedContact(facts)]) {
    if (planned === null) continue;
    if ("finding" in planned) findings.push(planned.finding);
    else
      findings.push(
        ...(await ask(facts, planned.connectionId, (connection) => tryOne(facts, canaries, connection, planned))),
      );
  }
  return findings;
};

type Planned = CanaryWrite | { readonly finding: Finding } | null;

const mayWrite = ({ view }: PreflightFacts, connectionId: string): boolean =>
  view.connections.find(({ id }) => id === connectionId)?.smokeWrites === "test-objects";

function plannedBooking(facts: PreflightFacts): Planned {
  const { bundle, view, target, observer } = facts;
  const connectionId = bundle.connections.calendar?.connectionId;
  const tool = bundle.tools.find(({ operation }) => operation === "calendar.book");
  if (tool === undefined || connectionId === undefined || !mayWrite(facts, connectionId)) return null;
  const container = view.bindings.find(
    ({ address, slot }) => address === tool.resource && (slot === null || slot === target),
  )?.externalId;
  if (container == null)
    return {
      finding: finding("canary-untried", connectionAddress(facts, connectionId), "the calendar does not exist yet"),
    };
  const notedMs = Date.parse(view.now);
  return { what: "booking", connectionId, container, key: observer.context.newId().replaceAll("-", ""), notedMs };
}

function plannedContact(facts: PreflightFacts): Planned {
  const { bundle, view, observer } = facts;
  const connectionId = bundle.connections.crm?.connectionId;
  const keepsContacts = bundle.tools.some(({ operation }) => operation.startsWith("crm."));
  if (!keepsContacts || connectionId === undefined || !mayWrite(facts, connectionId)) return null;
  const notedMs = Date.parse(view.now);
  const mark = observer.context.newId().slice(-12);
  return {
    what: "contact",
    connectionId,
    container: "",
    key: `canary-${mark}-${view.deployment.id}@example.com`,
    notedMs,
  };
}

/** Noted, made, removed, seen to be gone, forgotten. */
async function tryOne(
  facts: PreflightFacts,
  journal: CanaryJournal,
  connection: OpenConnection,
  canary: CanaryWrite,
): Promise<readonly Finding[]> {
  await journal.note(canary);
  try {
    const id = await make(facts, connection, canary);
    await facts.observer.beforeCall();
    return await conclude(facts, journal, canary, await removeMade(connection, canary, id));
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    if (error.facts.effect === "none" && error.facts.fault !== "throttled") await journal.forget(canary);
    if (!REFUSED.has(error.facts.fault)) throw error;
    return [finding("canary-refused", connectionAddress(facts, canary.connectionId), describeVendorError(error))];
  }
}

/** The vendor took the request and would not do it; what else goes wrong is told as everywhere. */
const REFUSED: ReadonlySet<VendorError["facts"]["fault"]> = new Set<VendorError["facts"]["fault"]>([
  "forbidden",
  "invalid",
  "not-found",
  "conflict",
]);

/** Answers the vendor's id of it. */
async function make(facts: PreflightFacts, connection: OpenConnection, canary: CanaryWrite): Promise<string> {
  await facts.observer.beforeCall();
  if (canary.what === "contact") {
    const contact = { email: canary.key, name: "Preflight Canary", properties: {}, isTest: true };
    return (await connection.crm?.upsertContact(contact))?.contactId ?? "";
  }
  const startMs = Math.floor((canary.notedMs + AHEAD_MS) / DAY_MS) * DAY_MS + 3 * 3_600_000;
  const booking = {
    key: canary.key,
    span: { start: instant(startMs), end: instant(startMs + LENGTH_MS) },
    title: "Preflight canary",
    description: "Made and removed by a preflight.",
    isTest: true,
    testedBy: facts.view.deployment.id,
  };
  return (await connection.calendar?.book(canary.container, booking))?.eventId ?? "";
}

/** What an earlier try left: gone now, or it may still appear, or it cannot be removed. */
async function removeLeft(
  facts: PreflightFacts,
  journal: CanaryJournal,
  connection: OpenConnection,
  canary: CanaryWrite,
): Promise<readonly Finding[]> {
  await facts.observer.beforeCall();
  const end = await removeCanary(connection, canary);
  const { settings } = facts.observer.context;
  if (end === "absent" && unsettledMs(settings, canary, Date.parse(facts.view.now)) > 0) return [];
  return conclude(facts, journal, canary, end);
}

async function conclude(
  facts: PreflightFacts,
  journal: CanaryJournal,
  canary: CanaryWrite,
  end: CanaryEnd,
): Promise<readonly Finding[]> {
  if (end === "left")
    return [finding("canary-left", connectionAddress(facts, canary.connectionId), `${canary.what} ${canary.key}`)];
  await journal.forget(canary);
  return [];
}
