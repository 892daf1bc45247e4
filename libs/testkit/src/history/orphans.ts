import type { Inventory, Tables } from "./event.ts";
import { changesOf, FINE, type Follower, type Of, type Replay, type Rows, violation } from "./reading.ts";

/** What may hold data. A name does not say who made it, so that whoever only found it leaves it. */
const PROPERTY = "crm.property";

/**
 * I3: at rest each object is bound by a row of its account's tenant. A property alone may be left over, and only by a deployment that had
 * found it and that was the last to let go of it.
 */
export function followOrphans(replay: Replay, { closed, accounts }: FollowedTo): Follower {
  const leftByFinder = new Set<string>();
  return {
    before: (commit) => {
      const rows = replay.deployments.get(commit.deploymentId);
      if (rows !== undefined) for (const binding of letGo(commit)) noteLast(leftByFinder, rows, binding);
      return FINE;
    },
    end: () => {
      const bound = new Set(
        closed.deployments.flatMap(({ tenantId, bindings }) =>
          bindings.map(({ externalId }) => `${accounts[tenantId]}/${externalId}`),
        ),
      );
      return closed.objects
        .filter(({ account, externalId }) => !bound.has(`${account}/${externalId}`) && !leftByFinder.has(externalId))
        .map(({ kind, externalId }) => violation("I3", `${kind} ${externalId} is an orphan`));
    },
  };
}

interface FollowedTo {
  readonly closed: Inventory;
  /** Tenant id → its vendor account. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** Bindings to an object that a commit takes away. */
const letGo = (commit: Of<"committed">): Tables["binding"][] =>
  changesOf(commit, "binding").flatMap(({ before, after }) =>
    before === null || before.externalId === null || before.externalId === after?.externalId ? [] : [before],
  );

/** Whoever lets go last decides: a set, so that who let go before is forgotten. */
function noteLast(leftByFinder: Set<string>, rows: Rows, { kind, externalId, externalKey }: Tables["binding"]): void {
  if (externalId === null) return;
  if (kind === PROPERTY && hasOnlyFound(rows, externalKey)) leftByFinder.add(externalId);
  else leftByFinder.delete(externalId);
}

/** Whether the rollout under way was neither to make nor to remove the object. */
function hasOnlyFound({ rollouts, steps }: Rows, externalKey: string): boolean {
  const underWay = [...rollouts.values()].at(-1);
  return ![...steps.values()].some(
    ({ rolloutId, operation: { verb, externalKey: key } }) =>
      rolloutId === underWay?.id && key === externalKey && (verb === "create" || verb === "delete"),
  );
}
