import { AppError, isJsonObject, type Json } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { Tool } from "@tandem/domain/manifest";
import { at, WORKER } from "../context.ts";
import { writeStep } from "../journal.ts";
import { remembered, type SmokeLeftover } from "../memory.ts";
import type { StageRun } from "../stage.ts";
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

/** Leftovers of this run, kept in the rollout's memory so that they are removed after a crash as well. */
const kept = new WeakMap<StageRun, SmokeLeftover[]>();

const sameAs = (one: SmokeLeftover) => (other: SmokeLeftover) => one.what === other.what && one.id === other.id;

/** What is known to be left by now. */
export const leftoversNow = (run: StageRun): readonly SmokeLeftover[] =>
  kept.get(run) ?? run.memory.smokeLeftovers ?? [];

/** Adds to what must be removed. */
export async function remember(run: StageRun, made: readonly SmokeLeftover[]): Promise<void> {
  const known = leftoversNow(run);
  const fresh = made.filter((one) => !known.some(sameAs(one)));
  if (fresh.length === 0) return;
  await writeLeftovers(run, [...known, ...fresh]);
}

async function writeLeftovers(run: StageRun, left: SmokeLeftover[]): Promise<void> {
  await writeStep(run, async (transaction) => {
    await transaction.patchRollout({
      memory: remembered(transaction.rollout?.memory ?? run.rollout.memory, { smokeLeftovers: left }),
    });
    await transaction.audit({
      ...WORKER,
      action: "smoke.objects-noted",
      object: `rollout/${run.rollout.id}`,
      after: { count: left.length },
    });
  });
  run.seen.version += 1;
  kept.set(run, left);
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
  const left = leftoversNow(run);
  if (left.length === 0) return;
  for (const one of [...left].toReversed()) {
    await run.lease.ensure(run.context.settings.callDeadlineMs);
    await removeOne(await run.connections.open(one.connectionId), one);
  }
  await writeLeftovers(run, []);
  await at("smoke.cleaned");
}

/** A connection that made something has the port to remove it; one that has not is not taken for one that did. */
async function removeOne({ calendar, crm }: OpenConnection, { what, container, id }: SmokeLeftover): Promise<void> {
  if (what === "event" && calendar !== undefined) await calendar.cancel(container, id);
  else if (what === "deal" && crm !== undefined) await crm.removeTestDeal(id);
  else if (what === "contact" && crm !== undefined) await crm.removeTestContact(id);
  else throw new AppError("internal", `the connection cannot remove the ${what} that a smoke test made`);
}
