import type { OpenConnection } from "@tandem/ports/adapter";
import { WORKER } from "../context.ts";
import { writeStep } from "../journal.ts";
import { type CanaryWrite, remembered } from "../memory.ts";
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

/** Removes a test object if it exists; answers whether it is seen to be gone. Errors: `VendorError`. */
export async function removeCanary(connection: OpenConnection, canary: CanaryWrite): Promise<boolean> {
  if (canary.what === "booking") return removeBooking(connection, canary);
  const made = (await connection.crm?.findTestContact(canary.key)) ?? null;
  if (made === null) return true;
  await connection.crm?.removeTestContact(made.contactId);
  return (await connection.crm?.findTestContact(canary.key)) === null;
}

async function removeBooking({ calendar }: OpenConnection, { container, key }: CanaryWrite): Promise<boolean> {
  const made = (await calendar?.findByKey(container, key)) ?? null;
  if (made === null) return true;
  await calendar?.cancel(container, made.eventId);
  return (await calendar?.findByKey(container, key)) === null;
}

/** Removes what a preflight of this rollout left because its worker died. Errors: `VendorError`; `internal` for what stays in spite of it. */
export async function removeCanaries(run: StageRun): Promise<void> {
  const journal = canaryJournal(run);
  for (const canary of journal.present()) {
    await run.lease.ensure(run.context.settings.callDeadlineMs);
    if (await removeCanary(await run.connections.open(canary.connectionId), canary)) await journal.forget(canary);
  }
}
