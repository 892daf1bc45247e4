import { canonical } from "./digest.ts";
import type { HistoryEvent, Violation } from "./event.ts";
import { changesOf, ENDED, inventoriesOf, ofKind, Replay, type Rows, violation } from "./reading.ts";

/** Endings that an acknowledged wish rules out. */
const RULED_OUT: Readonly<Record<string, readonly string[]>> = {
  abort: ["succeeded"],
  reject: ["succeeded"],
  rollback: ["succeeded"],
  detach: ["succeeded"],
};

/** I10: what was acknowledged had been committed, nothing committed is lost, and what was asked for holds to the end. */
export function checkAcknowledgements(history: readonly HistoryEvent[]): Violation[] {
  const { opened, closed } = inventoriesOf(history);
  const replay = new Replay(opened);
  const asked = new Map<string, number>();
  const found: Violation[] = [];
  const wishes: { readonly deploymentId: string; readonly rolloutId: string; readonly what: string }[] = [];
  let commits = 0;
  for (const event of history) {
    if (event.kind === "asked") asked.set(event.requestId, commits);
    if (event.kind === "committed") {
      commits += 1;
      replay.follow(event);
    }
    if (event.kind !== "acknowledged") continue;
    if ((asked.get(event.requestId) ?? commits) >= commits)
      found.push(violation("I10", `${event.what} was acknowledged without a commit`));
    const rollout = replay.deployments.get(event.deploymentId)?.rollouts.get(event.rolloutId ?? "");
    if (rollout !== undefined && !ENDED.has(rollout.phase))
      wishes.push({ deploymentId: event.deploymentId, rolloutId: rollout.id, what: event.what });
  }
  for (const rows of closed.deployments) {
    const followed = replay.deployments.get(rows.deploymentId);
    if (followed === undefined || !isSame(followed, rows))
      found.push(violation("I10", `${rows.deploymentId} does not stand where its commits lead`));
  }
  return [...found, ...broken(wishes, closed.deployments), ...thawed(history)];
}

/** A freeze that is in force holds for every worker: callers come to no new release meanwhile, and may only go back. */
function thawed(history: readonly HistoryEvent[]): Violation[] {
  const windows = ofKind(history, "frozen");
  return ofKind(history, "committed").flatMap((commit) => {
    const isFrozen = windows.some(({ atMs, durationMs }) => commit.atMs > atMs && commit.atMs < atMs + durationMs);
    const moves = isFrozen ? commit.audits.filter(({ action }) => FORWARD.has(action)) : [];
    return changesOf(commit, "pointer").flatMap(({ after }) =>
      after === null || after.active === "none"
        ? []
        : moves.map(({ action }) => violation("I10", `${action} to ${after.active} while a freeze was in force`)),
    );
  });
}

const FORWARD: ReadonlySet<string> = new Set(["pointer.moved", "pointer.shifted"]);

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

type Closed = ReturnType<typeof inventoriesOf>["closed"]["deployments"][number];

/** Rows are compared by identity first: most of them have never been written again. */
function isSame(followed: Rows, rows: Closed): boolean {
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
    equal(followed.slots, rows.slots) &&
    equal(followed.attachment, rows.attachment) &&
    all(followed.bindings, rows.bindings) &&
    all(followed.rollouts, rows.rollouts) &&
    all(followed.steps, rows.steps)
  );
}
