import type { OpenConnection } from "@tandem/ports/adapter";
import { WORKER } from "../context.ts";
import { writeStep } from "../journal.ts";
import { type CanaryWrite, remembered } from "../memory.ts";
import type { EngineSettings } from "../settings.ts";
import type { StageRun } from "../stage.ts";

/** Test objects of preflight, noted in the rollout before they are made, so that whoever comes after a crash finds and removes them. */
export interface CanaryJournal {
  /** Noted and not known to be gone. */
  present(): readonly CanaryWrite[];
  /** Before it is made. */
  note(canary: CanaryWrite): Promise<void>;
  /** After it is seen to be gone. */
  forget(canary: CanaryWrite): Promise<void>;
}

const isSame = (one: CanaryWrite, other: CanaryWrite): boolean =>
  one.what === other.what && one.connectionId === other.connectionId && one.key === other.key;

/** The journal of a rollout, in its memory. */
export function canaryJournal(run: StageRun): CanaryJournal {
  let present = run.memory.canaries ?? [];
  const write = async (next: readonly CanaryWrite[], action: string): Promise<void> => {
    await writeStep(run, async (transaction) => {
      await transaction.patchRollout({
        memory: remembered(transaction.rollout?.memory ?? run.rollout.memory, {
          canaries: next.length === 0 ? undefined : next,
        }),
      });
      await transaction.audit({
        ...WORKER,
        action,
        object: `rollout/${run.rollout.id}`,
        after: { canaries: next.map(({ what, key }) => ({ what, key })) },
      });
    });
    run.seen.version += 1;
    present = next;
  };
  return {
    present: () => present,
    note: (canary) => write([...present, canary], "canary.noted"),
    forget: (canary) =>
      write(
        present.filter((one) => !isSame(one, canary)),
        "canary.removed",
      ),
  };
}

/** What a look for a test object came to: removed and seen to be gone, still there after its removal, or not there at all. */
export type CanaryEnd = "removed" | "left" | "absent";

/** A request that nobody waits for any more is processed within this time or never, milliseconds. */
const LATEST_MS = 15_000;

/** How long an absent test object may still appear; 0: not any more. */
export const unsettledMs = (settings: EngineSettings, { notedMs }: CanaryWrite, nowMs: number): number =>
  Math.max(0, notedMs + Math.min(LATEST_MS, settings.settleCapMs) - nowMs);

/** Looks for a test object and removes it. Errors: `VendorError`. */
export async function removeCanary(connection: OpenConnection, canary: CanaryWrite): Promise<CanaryEnd> {
  const id = await idOf(connection, canary);
  return id === null ? "absent" : removeMade(connection, canary, id);
}

/** Removes a test object by the vendor's id. Errors: `VendorError`. */
export async function removeMade(connection: OpenConnection, canary: CanaryWrite, id: string): Promise<CanaryEnd> {
  if (canary.what === "booking") await connection.calendar?.cancel(canary.container, id);
  else await connection.crm?.removeTestContact(id);
  return (await idOf(connection, canary)) === null ? "removed" : "left";
}

async function idOf({ calendar, crm }: OpenConnection, { what, container, key }: CanaryWrite): Promise<string | null> {
  if (what === "booking") return (await calendar?.findByKey(container, key))?.eventId ?? null;
  return (await crm?.findTestContact(key))?.contactId ?? null;
}

/**
 * Removes what a preflight of this rollout left because its worker died or an answer was lost. Null: nothing is left; else how long to wait
 * until it is certain that nothing appears any more, milliseconds. Errors: `VendorError`.
 */
export async function removeCanaries(run: StageRun): Promise<number | null> {
  const { settings } = run.context;
  const journal = canaryJournal(run);
  let waitMs: number | null = null;
  for (const canary of journal.present()) {
    await run.lease.ensure(settings.callDeadlineMs);
    const end = await removeCanary(await run.connections.open(canary.connectionId), canary);
    const leftMs = end === "removed" ? 0 : unsettledMs(settings, canary, run.nowMs());
    if (end !== "left" && leftMs === 0) await journal.forget(canary);
    else waitMs = Math.max(waitMs ?? 0, leftMs, settings.backoffMs);
  }
  return waitMs;
}
