import type { Violation } from "./event.ts";
import { changesOf, FINE, type Follower, type Of, type Replay, type Rows, violation } from "./reading.ts";

/** I2: a call keeps slot and release until it ends, and nothing that it uses is changed or taken away meanwhile. */
export function followCalls(replay: Replay): Follower {
  const live = new Map<string, Of<"answered">>();
  return {
    before: (commit) => {
      const rows = replay.deployments.get(commit.deploymentId);
      return rows === undefined || live.size === 0 ? FINE : refilled(commit, live, rows);
    },
    after: (event) => {
      if (event.kind === "answered") live.set(event.callId, event);
      if (event.kind === "hung-up") live.delete(event.callId);
      if (event.kind === "turned") return moved(event, live.get(event.callId));
      return event.kind === "effected" ? touched(event, live) : FINE;
    },
  };
}

function moved(turn: Of<"turned">, pinned: Of<"answered"> | undefined): Violation[] {
  if (pinned === undefined) return [violation("I2", `${turn.callId} talks without having been answered`)];
  return pinned.slot === turn.slot && pinned.bundleHash === turn.bundleHash
    ? []
    : [violation("I2", `${turn.callId} moved from ${pinned.slot} to ${turn.slot}`)];
}

/** Nothing of a slot is written while a call uses it; what it has in common with others may grow but not go. */
function touched(
  { verb, externalId, objectKind }: Of<"effected">,
  live: ReadonlyMap<string, Of<"answered">>,
): Violation[] {
  return [...live.values()].flatMap(({ callId, needs, slot }) =>
    needs.some((need) => need.externalId === externalId && (need.isSlotOwned || verb === "delete"))
      ? [violation("I2", `${verb} ${objectKind} ${externalId} while ${callId} on ${slot} uses it`)]
      : [],
  );
}

/** A slot is not given another release while calls are on it. */
function refilled(commit: Of<"committed">, live: ReadonlyMap<string, Of<"answered">>, rows: Rows): Violation[] {
  return changesOf(commit, "slot").flatMap(({ after }) => {
    if (after === null || after.bundleHash === rows.slots[after.slot].bundleHash) return [];
    return [...live.values()]
      .filter(({ deploymentId, slot }) => deploymentId === commit.deploymentId && slot === after.slot)
      .map(({ callId }) => violation("I2", `slot ${after.slot} was given another release while ${callId} is on it`));
  });
}
