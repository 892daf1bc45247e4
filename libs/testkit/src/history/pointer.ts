import type { Pointer } from "@tandem/domain/slot";
import type { Violation } from "./event.ts";
import { changesOf, FINE, type Follower, type Of, type Replay, type Rows, violation } from "./reading.ts";

/** I1: generations grow by one, at most one slot is active, and the pointer only ever comes to a release that is applied and tested. */
export function followPointers(replay: Replay): Follower {
  const tested = new Set<string>();
  let pointer: Pointer | undefined;
  return {
    before: (commit) => {
      pointer = replay.deployments.get(commit.deploymentId)?.pointer;
      return FINE;
    },
    after: (event) => {
      if (event.kind !== "committed") return FINE;
      const rows = replay.deployments.get(event.deploymentId);
      if (rows === undefined || pointer === undefined)
        return [violation("I1", `a commit of the unknown deployment ${event.deploymentId}`)];
      noteTested(event, tested);
      if (!event.changes.some(({ table }) => table === "pointer" || table === "slot")) return FINE;
      return [...moved(event, pointer, rows, tested), ...agreement(rows)];
    },
  };
}

function moved(commit: Of<"committed">, before: Pointer, rows: Rows, tested: ReadonlySet<string>): Violation[] {
  const found: Violation[] = [];
  for (const { after } of changesOf(commit, "pointer")) {
    if (after?.generation !== before.generation + 1)
      found.push(violation("I1", `generation ${after?.generation} follows on ${before.generation}`));
    if (after !== null && after.active !== before.active && after.active !== "none")
      found.push(...arrival(rows, after.active, tested));
    if (after !== null && after.candidate !== null && after.weightBp > 0 && after.weightBp !== before.weightBp)
      found.push(...arrival(rows, after.candidate, tested));
  }
  return found;
}

/** Rollouts whose smoke test was reported as passed. */
function noteTested(commit: Of<"committed">, tested: Set<string>): void {
  for (const { after } of changesOf(commit, "event"))
    if (after?.type === "smoke-reported" && after.payload["passed"] === true) tested.add(after.rolloutId);
}

/** What must be true of a slot that callers come to: whole, and if a live rollout filled it, every step done and tested. */
function arrival(rows: Rows, slot: "blue" | "green", tested: ReadonlySet<string>): Violation[] {
  const { readyBundleHash, bundleHash } = rows.slots[slot];
  const found: Violation[] = [];
  if (readyBundleHash === null || readyBundleHash !== bundleHash)
    found.push(violation("I1", `the pointer came to ${slot}, which is not ready`));
  const filling = [...rows.rollouts.values()].find(
    ({ targetSlot, phase, bundleHash: of }) => targetSlot === slot && of === bundleHash && GOING_THERE.has(phase),
  );
  if (filling === undefined) return found;
  const open = [...rows.steps.values()].filter(
    ({ rolloutId, stage, state }) =>
      rolloutId === filling.id && stage === "apply" && state !== "done" && state !== "skipped",
  );
  if (open.length > 0) found.push(violation("I1", `the pointer came to ${slot} with ${open.length} steps not done`));
  if (!tested.has(filling.id)) found.push(violation("I1", `the pointer came to ${slot}, which was not smoke-tested`));
  return found;
}

const GOING_THERE: ReadonlySet<string> = new Set(["awaiting-promotion", "shifting", "switching"]);

/** Slots and pointer say the same. */
function agreement({ pointer, slots }: Rows): Violation[] {
  const active = Object.values(slots).filter(({ state }) => state === "active");
  if (active.length > 1) return [violation("I1", `two active slots at generation ${pointer.generation}`)];
  const slot = active[0]?.slot ?? "none";
  return slot === pointer.active
    ? []
    : [violation("I1", `the pointer is on ${pointer.active}, active is ${slot} at generation ${pointer.generation}`)];
}
