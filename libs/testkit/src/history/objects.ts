import type { HistoryEvent, LedgerObject, Violation } from "./event.ts";
import { changesOf, FINE, type Follower, inventoriesOf, ofKind, type Replay, type Rows, violation } from "./reading.ts";

const NUMBER = "telephony.number";

/** What may hold data: it stays when a deployment that did not make it was the last to let go. */
const PROPERTY = "crm.property";

/** I3: at rest one object per key, each bound by a row of its account's tenant, and each binding's object there. */
export function checkObjects(history: readonly HistoryEvent[]): Violation[] {
  const { closed, accounts } = inventoriesOf(history);
  const found: Violation[] = [];
  const bound = new Map<string, Set<string>>();
  const sharers = sharersOf(history);
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
      else bound.set(externalId, (bound.get(externalId) ?? new Set()).add(tenantId));
    }
  for (const objects of Map.groupBy(closed.objects, ({ account, externalKey }) => `${account}/${externalKey}`).values())
    found.push(...oneOf(objects, bound, sharers));
  return found;
}

/** External key → deployments that have bound it during the history. */
function sharersOf(history: readonly HistoryEvent[]): Map<string, Set<string>> {
  const sharers = new Map<string, Set<string>>();
  for (const commit of ofKind(history, "committed"))
    for (const { after } of changesOf(commit, "binding"))
      if (after !== null)
        sharers.set(after.externalKey, (sharers.get(after.externalKey) ?? new Set()).add(commit.deploymentId));
  return sharers;
}

function oneOf(
  objects: readonly LedgerObject[],
  bound: ReadonlyMap<string, unknown>,
  sharers: ReadonlyMap<string, ReadonlySet<string>>,
): Violation[] {
  const [first] = objects;
  const mayStay = ({ kind, externalKey }: LedgerObject) =>
    kind === PROPERTY && (sharers.get(externalKey)?.size ?? 0) > 1;
  const orphans = objects.filter((object) => !bound.has(object.externalId) && !mayStay(object));
  return [
    ...(objects.length > 1 ? [violation("I3", `${objects.length} objects of ${first?.kind} bear one key`)] : []),
    ...orphans.map(({ kind, externalId }) => violation("I3", `${kind} ${externalId} is an orphan`)),
  ];
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
