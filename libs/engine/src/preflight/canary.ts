import { instant, VendorError } from "@tandem/kernel";
import type { Finding } from "@tandem/domain/plan";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { CanaryWrite } from "../memory.ts";
import { describeVendorError } from "../executor/failure.ts";
import { ask, connectionAddress } from "./ask.ts";
import { type CanaryJournal, removeCanary } from "./canary-journal.ts";
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
    findings.push(...(await ask(facts, left.connectionId, (connection) => remove(facts, canaries, connection, left))));
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
  return { what: "booking", connectionId, container, key: observer.context.newId().replaceAll("-", "") };
}

function plannedContact(facts: PreflightFacts): Planned {
  const { bundle, view, observer } = facts;
  const connectionId = bundle.connections.crm?.connectionId;
  const keepsContacts = bundle.tools.some(({ operation }) => operation.startsWith("crm."));
  if (!keepsContacts || connectionId === undefined || !mayWrite(facts, connectionId)) return null;
  const mark = observer.context.newId().slice(-12);
  return { what: "contact", connectionId, container: "", key: `canary-${mark}-${view.deployment.id}@example.com` };
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
    await make(facts, connection, canary);
  } catch (error) {
    if (!(error instanceof VendorError) || !REFUSED.has(error.facts.fault)) throw error;
    if (error.facts.effect === "none") await journal.forget(canary);
    return [finding("canary-refused", connectionAddress(facts, canary.connectionId), describeVendorError(error))];
  }
  return remove(facts, journal, connection, canary);
}

/** The vendor took the request and would not do it; what else goes wrong is told as everywhere. */
const REFUSED: ReadonlySet<VendorError["facts"]["fault"]> = new Set<VendorError["facts"]["fault"]>([
  "forbidden",
  "invalid",
  "not-found",
  "conflict",
]);

async function make(facts: PreflightFacts, connection: OpenConnection, canary: CanaryWrite): Promise<void> {
  await facts.observer.beforeCall();
  if (canary.what === "contact") {
    const contact = { email: canary.key, name: "Preflight Canary", properties: {}, isTest: true };
    return void (await connection.crm?.upsertContact(contact));
  }
  const startMs = Math.floor((Date.parse(facts.view.now) + AHEAD_MS) / DAY_MS) * DAY_MS + 3 * 3_600_000;
  await connection.calendar?.book(canary.container, {
    key: canary.key,
    span: { start: instant(startMs), end: instant(startMs + LENGTH_MS) },
    title: "Preflight canary",
    description: "Made and removed by a preflight.",
    isTest: true,
    testedBy: facts.view.deployment.id,
  });
}

async function remove(
  facts: PreflightFacts,
  journal: CanaryJournal,
  connection: OpenConnection,
  canary: CanaryWrite,
): Promise<readonly Finding[]> {
  await facts.observer.beforeCall();
  if (!(await removeCanary(connection, canary)))
    return [finding("canary-left", connectionAddress(facts, canary.connectionId), `${canary.what} ${canary.key}`)];
  await journal.forget(canary);
  return [];
}
