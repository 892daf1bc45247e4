import type { HistoryEvent, Violation } from "./event.ts";
import { changesOf, FINE, type Follower, inventoriesOf, type Replay, type Rows, violation } from "./reading.ts";

const NUMBER = "telephony.number";

/** I3: at rest one object per key, and each binding's object there, in its tenant's account. */
export function checkObjects(history: readonly HistoryEvent[]): Violation[] {
  const { closed, accounts } = inventoriesOf(history);
  const found: Violation[] = [];
  const present = new Map(closed.objects.map((object) => [object.externalId, object]));
  for (const { tenantId, bindings, slots } of closed.deployments)
    for (const { kind, address, slot, externalId } of bindings) {
      if (kind === NUMBER) continue;
      const where = `${slot ?? ""}:${address}`;
      if (slot !== null && slots[slot].state === "empty")
        found.push(violation("I3", `${where} is there, and slot ${slot} says that it is empty`));
      if (externalId === null) found.push(violation("I3", `${where} is bound to nothing`));
      else if (present.get(externalId)?.account !== accounts[tenantId])
        found.push(violation("I3", `${where} is bound to ${externalId}, which is gone`));
    }
  for (const objects of Map.groupBy(closed.objects, ({ account, externalKey }) => `${account}/${externalKey}`).values())
    if (objects.length > 1)
      found.push(violation("I3", `${objects.length} objects of ${objects[0]?.kind} bear one key`));
  return found;
}

/** I3: whoever ends by going back leaves its slot empty, or as it was before: never half made. */
export const followTainted = (replay: Replay): Follower => ({
  after: (event) => {
    const rows = event.kind === "committed" ? replay.deployments.get(event.deploymentId) : undefined;
    if (event.kind !== "committed" || rows === undefined) return FINE;
    return changesOf(event, "rollout").flatMap(({ after }) =>
      after?.phase === "aborted" || after?.phase === "rolled-back" ? half(rows, after.targetSlot) : [],
    );
  },
});

const half = ({ slots }: Rows, slot: "blue" | "green"): Violation[] =>
  slots[slot].state === "tainted" ? [violation("I3", `slot ${slot} was left tainted by a rollout that went back`)] : [];
