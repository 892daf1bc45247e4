import type { HistoryEvent, Violation } from "./event.ts";
import { inventoriesOf, type Of, violation } from "./reading.ts";

/** I6: a tenant's transactions touch its own rows, and its writes go to its own account. */
export function checkTenants(history: readonly HistoryEvent[]): Violation[] {
  const { opened, accounts } = inventoriesOf(history);
  const owners = new Map(opened.deployments.map(({ deploymentId, tenantId }) => [deploymentId, tenantId]));
  const keys = new Map<string, Set<string>>();
  const learn = (tenantId: string, externalKey: string) =>
    keys.set(externalKey, (keys.get(externalKey) ?? new Set()).add(accounts[tenantId] ?? ""));
  for (const { tenantId, bindings } of opened.deployments)
    for (const { externalKey } of bindings) learn(tenantId, externalKey);
  const found: Violation[] = [];
  for (const event of history) {
    if (event.kind === "committed") {
      found.push(...ownRows(event, owners));
      for (const change of event.changes)
        if (change.table === "step" && change.after !== null) learn(event.tenantId, change.after.operation.externalKey);
    } else if (event.kind === "requested" && event.account !== accounts[event.tenantId])
      found.push(violation("I6", `${event.verb} ${event.objectKind} for ${event.tenantId} went to ${event.account}`));
    else if (
      event.kind === "effected" &&
      event.verb !== "route" &&
      keys.get(event.externalKey)?.has(event.account) !== true
    )
      found.push(violation("I6", `${event.account} has an object under a key of somebody else`));
    else if (event.kind === "answered" && owners.get(event.deploymentId) !== event.tenantId)
      found.push(violation("I6", `${event.callId} was answered for another tenant`));
  }
  return found;
}

function ownRows(commit: Of<"committed">, owners: ReadonlyMap<string, string>): Violation[] {
  const { tenantId, deploymentId, changes, audits } = commit;
  const strangers = [
    ...(owners.get(deploymentId) === tenantId ? [] : ["deployment"]),
    ...audits.filter((row) => row.tenantId !== tenantId).map(({ action }) => `audit ${action}`),
    ...changes.flatMap((change) =>
      (change.table === "rollout" || change.table === "plan") &&
      change.after !== null &&
      (change.after.tenantId !== tenantId || change.after.deploymentId !== deploymentId)
        ? [change.table]
        : [],
    ),
  ];
  return strangers.map((what) => violation("I6", `a transaction of ${tenantId} touched a ${what} of another tenant`));
}
