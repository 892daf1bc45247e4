import { canonical } from "./digest.ts";
import type { DeploymentRows, Inventory, Violation } from "./event.ts";
import { ENDED, FINE, type Follower, type Replay, type Rows, violation } from "./reading.ts";

/** Endings that an acknowledged wish rules out. */
const RULED_OUT: Readonly<Record<string, readonly string[]>> = {
  abort: ["succeeded"],
  reject: ["succeeded"],
  rollback: ["succeeded"],
  detach: ["succeeded"],
};

/** I10: what was acknowledged had been committed, nothing committed is lost, and what was asked for holds to the end. */
export function followAcknowledgements(replay: Replay, closed: Inventory): Follower {
  const asked = new Map<string, number>();
  const wishes: { readonly rolloutId: string; readonly what: string }[] = [];
  let commits = 0;
  return {
    after: (event) => {
      if (event.kind === "asked") asked.set(event.requestId, commits);
      if (event.kind === "committed") commits += 1;
      if (event.kind !== "acknowledged") return FINE;
      const rollout = replay.deployments.get(event.deploymentId)?.rollouts.get(event.rolloutId ?? "");
      if (rollout !== undefined && !ENDED.has(rollout.phase)) wishes.push({ rolloutId: rollout.id, what: event.what });
      return (asked.get(event.requestId) ?? commits) >= commits
        ? [violation("I10", `${event.what} was acknowledged without a commit`)]
        : FINE;
    },
    end: () => [...lost(replay, closed), ...broken(wishes, closed.deployments)],
  };
}

function lost(replay: Replay, { deployments }: Inventory): Violation[] {
  return deployments.flatMap((rows) => {
    const followed = replay.deployments.get(rows.deploymentId);
    return followed !== undefined && isSame(followed, rows)
      ? []
      : [violation("I10", `${rows.deploymentId} does not stand where its commits lead`)];
  });
}

function broken(
  wishes: readonly { readonly rolloutId: string; readonly what: string }[],
  deployments: readonly { readonly rollouts: readonly { readonly id: string; readonly phase: string }[] }[],
): Violation[] {
  const phases = new Map(deployments.flatMap(({ rollouts }) => rollouts.map(({ id, phase }) => [id, phase] as const)));
  return wishes.flatMap(({ rolloutId, what }) => {
    const phase = phases.get(rolloutId);
    if (phase === undefined) return [violation("I10", `the rollout that ${what} was acknowledged for is gone`)];
    return RULED_OUT[what]?.includes(phase) === true
      ? [violation("I10", `${what} was acknowledged and the rollout ${phase}`)]
      : [];
  });
}

/** Rows are compared by identity first: most of them have never been written again. */
function isSame(followed: Rows, rows: DeploymentRows): boolean {
  const equal = (left: unknown, right: unknown) => left === right || canonical(left) === canonical(right);
  const all = (left: ReadonlyMap<string, unknown>, right: readonly unknown[]) => {
    const values = [...left.values()];
    return (
      values.length === right.length &&
      right.every((row) => values.includes(row) || values.some((one) => equal(one, row)))
    );
  };
  return (
    equal(followed.pointer, rows.pointer) &&
    equal(followed.slots.blue, rows.slots.blue) &&
    equal(followed.slots.green, rows.slots.green) &&
    equal(followed.attachment, rows.attachment) &&
    all(followed.bindings, rows.bindings) &&
    all(followed.rollouts, rows.rollouts) &&
    all(followed.steps, rows.steps)
  );
}
