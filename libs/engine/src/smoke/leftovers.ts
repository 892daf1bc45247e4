import { AppError, isJsonObject, type Json } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { TrialCall, TrialTrace } from "@tandem/ports/ingress-probe";
import type { Tool } from "@tandem/domain/manifest";
import { at, WORKER } from "../context.ts";
import { writeStep } from "../journal.ts";
import { remembered, type SmokeLeftover } from "../memory.ts";
import type { StageRun } from "../stage.ts";
import { askIngress } from "./ask-ingress.ts";
import { roleOfTool } from "./tool-role.ts";

const MEMBERS = {
  event: ["eventId", "event_id"],
  contact: ["contactId", "contact_id"],
  deal: ["dealId", "deal_id"],
} as const;

/** What a tool's result says it made. */
export function leftoversOf(run: StageRun, tool: Tool, result: Json): SmokeLeftover[] {
  const role = roleOfTool(tool);
  const connectionId = role === null ? undefined : run.bundle.connections[role]?.connectionId;
  if (connectionId === undefined || tool.operation === "calendar.cancel") return [];
  const container =
    run.view.bindings.find(({ address, slot }) => address === tool.resource && (slot === null || slot === run.target))
      ?.externalId ?? "";
  return (Object.keys(MEMBERS) as (keyof typeof MEMBERS)[]).flatMap((what) =>
    idsIn(result, MEMBERS[what]).map((id) => ({ what, connectionId, container, id })),
  );
}

function idsIn(value: Json, members: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => idsIn(item, members));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    members.includes(name) && typeof member === "string" ? [member] : idsIn(member, members),
  );
}

/** What a smoke test still has to answer for: calls under way, and objects at vendors. */
interface Remains {
  readonly calls: readonly TrialCall[];
  readonly objects: readonly SmokeLeftover[];
}

/** As this run knows it; kept in the rollout's memory too, so that it is dealt with after a crash as well. */
const kept = new WeakMap<StageRun, Remains>();
/** The last change under way: calls end at the same time, and each change builds on the one before. */
const changing = new WeakMap<StageRun, Promise<void>>();

const sameAs = (one: SmokeLeftover) => (other: SmokeLeftover) => one.what === other.what && one.id === other.id;

const remainsNow = (run: StageRun): Remains =>
  kept.get(run) ?? { calls: run.memory.smokeCalls ?? [], objects: run.memory.smokeLeftovers ?? [] };

/** A call is under way: whatever becomes of this worker, what the call makes is found. */
export const noteCall = (run: StageRun, call: TrialCall): Promise<void> =>
  change(run, ({ calls, objects }) => ({ calls: [...calls, call], objects }));

/** The call has ended and made this. */
export const settleCall = (run: StageRun, call: TrialCall, made: readonly SmokeLeftover[]): Promise<void> =>
  change(run, ({ calls, objects }) => ({
    calls: calls.filter(({ sessionId }) => sessionId !== call.sessionId),
    objects: withFresh(objects, made),
  }));

/** Adds to what must be removed. */
export const remember = (run: StageRun, made: readonly SmokeLeftover[]): Promise<void> =>
  change(run, ({ calls, objects }) => ({ calls, objects: withFresh(objects, made) }));

function withFresh(known: readonly SmokeLeftover[], made: readonly SmokeLeftover[]): readonly SmokeLeftover[] {
  return made.reduce<readonly SmokeLeftover[]>((all, one) => (all.some(sameAs(one)) ? all : [...all, one]), known);
}

/** One change after the other. Writes nothing when nothing changes. */
function change(run: StageRun, make: (present: Remains) => Remains): Promise<void> {
  const work = (changing.get(run) ?? Promise.resolve()).then(async () => {
    const present = remainsNow(run);
    const next = make(present);
    if (next.calls.length === present.calls.length && next.objects.length === present.objects.length) return;
    await writeRemains(run, next);
  });
  changing.set(
    run,
    work.catch(() => undefined), // told to whoever asked for it
  );
  return work;
}

async function writeRemains(run: StageRun, { calls, objects }: Remains): Promise<void> {
  await writeStep(run, async (transaction) => {
    await transaction.patchRollout({
      memory: remembered(transaction.rollout?.memory ?? run.rollout.memory, {
        smokeCalls: calls.length === 0 ? undefined : calls,
        smokeLeftovers: objects,
      }),
    });
    await transaction.audit({
      ...WORKER,
      action: "smoke.objects-noted",
      object: `rollout/${run.rollout.id}`,
      after: { count: objects.length, calls: calls.length },
    });
  });
  run.seen.version += 1;
  kept.set(run, { calls, objects });
}

/** What the tools of a call made. */
export const madeBy = (run: StageRun, trace: Pick<TrialTrace, "made"> | null): SmokeLeftover[] =>
  (trace?.made ?? []).flatMap(({ tool: name, result }) => {
    const tool = run.bundle.tools.find((each) => each.name === name);
    return tool === undefined ? [] : leftoversOf(run, tool, result);
  });

/** Ends calls of a worker that died, and notes what they made. A node that is gone has ended them itself. */
async function settleLostCalls(run: StageRun): Promise<void> {
  const { tenantId, id } = run.view.deployment;
  for (const call of remainsNow(run).calls) {
    const asked = await askIngress(run, () => run.context.ingress.settle(tenantId, id, call));
    await settleCall(run, call, "answer" in asked ? madeBy(run, asked.answer) : []);
  }
}

/**
 * Removes what a smoke test of this deployment booked and lost sight of, because its worker died between the tool's answer and the
 * note of it. Only where this release books at all; a read when there is nothing. Errors: `VendorError`.
 */
export async function removeLostBookings(run: StageRun): Promise<void> {
  const connectionId = run.bundle.connections.calendar?.connectionId;
  if (connectionId === undefined) return;
  const booked = run.bundle.tools
    .filter(({ operation }) => operation === "calendar.book")
    .map(({ resource }) => resource);
  const containers = run.view.bindings.filter(
    ({ address, slot }) => booked.includes(address) && (slot === null || slot === run.target),
  );
  for (const { externalId } of containers) {
    if (externalId === null) continue;
    await run.lease.ensure(run.context.settings.callDeadlineMs);
    const { calendar } = await run.connections.open(connectionId);
    await calendar?.removeTestEvents(externalId, run.view.deployment.id);
  }
}

/** Removes what smoke tests made. Deleting what is gone is no error. Errors: `VendorError`. */
export async function removeLeftovers(run: StageRun): Promise<void> {
  await settleLostCalls(run);
  const { objects } = remainsNow(run);
  if (objects.length === 0) return;
  for (const one of [...objects].toReversed()) {
    await run.lease.ensure(run.context.settings.callDeadlineMs);
    await removeOne(await run.connections.open(one.connectionId), one);
  }
  await change(run, ({ calls }) => ({ calls, objects: [] }));
  await at("smoke.cleaned");
}

/** A connection that made something has the port to remove it; one that has not is not taken for one that did. */
async function removeOne({ calendar, crm }: OpenConnection, { what, container, id }: SmokeLeftover): Promise<void> {
  if (what === "event" && calendar !== undefined) await calendar.cancel(container, id);
  else if (what === "deal" && crm !== undefined) await crm.removeTestDeal(id);
  else if (what === "contact" && crm !== undefined) await crm.removeTestContact(id);
  else throw new AppError("internal", `the connection cannot remove the ${what} that a smoke test made`);
}
