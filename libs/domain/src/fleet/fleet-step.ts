import { counted } from "@tandem/kernel";
import { allowedFailures, isOverBudget } from "./budget.ts";
import { fleetReasonOf } from "./fleet-reasons.ts";
import {
  endedStates,
  failedStates,
  type FleetReason,
  type FleetStanding,
  type FleetState,
  type MemberState,
  type Wave,
} from "./fleet-rollout.ts";
import { followMember, isOccupying } from "./follow-member.ts";
import type { MemberChange, MemberKey, OpenMember } from "./member.ts";
import { nextMembers } from "./next-members.ts";

/** A fleet rollout in one consistent snapshot. */
export interface FleetView {
  readonly fleet: FleetStanding;
  readonly waves: readonly Wave[];
  /** Members of all waves begun so far whose story is not over. */
  readonly open: readonly OpenMember[];
  /** Members of the present wave that are over, by state. */
  readonly ended: Readonly<Partial<Record<MemberState, number>>>;
  /** Tenant id → members of the present wave that were begun. */
  readonly begun: ReadonlyMap<string, number>;
  /** Database time, epoch milliseconds. */
  readonly nowMs: number;
}

/** What one look at a fleet rollout comes to, to be written whole. */
export interface FleetStep {
  readonly members: readonly MemberChange[];
  readonly wave?: { readonly position: number; readonly state: Wave["state"]; readonly bakeUntilMs: number | null };
  readonly fleet?: { readonly state: FleetState; readonly reason: FleetReason | null; readonly wavePosition: number };
  /** Rollouts to ask to abort. */
  readonly toAbort: readonly MemberKey[];
  /** Look again after so many milliseconds; null: nothing more will happen. */
  readonly dueInMs: number | null;
}

/** How often running rollouts are looked at, milliseconds. */
const LOOK_MS = 1000;

/** Decides what happens next: follows what runs, stops at the budget, lets the wave bake, moves to the next, begins members. */
export function stepOf(view: FleetView): FleetStep {
  const { fleet, nowMs } = view;
  const followed = view.open.flatMap((member) => followMember(member, fleet.patience, nowMs) ?? []);
  const members = apply(view.open, followed);
  switch (fleet.state) {
    case "running":
      return runStep(view, followed, members);
    case "aborting":
      return abortStep(view, followed, members);
    case "paused":
      return { members: followed, toAbort: [], dueInMs: members.some(isFollowed) ? LOOK_MS : null };
    case "completed":
    case "aborted":
      return { members: [], toAbort: [], dueInMs: null };
  }
}

const isFollowed = ({ state }: OpenMember): boolean =>
  state === "running" || state === "overdue" || state === "waiting";

function apply(open: readonly OpenMember[], changes: readonly MemberChange[]): readonly OpenMember[] {
  const byId = new Map(changes.map((change) => [change.deploymentId, change]));
  return open.map((member) => {
    const change = byId.get(member.deploymentId);
    return change === undefined ? member : { ...member, state: change.to, reason: change.reason };
  });
}

/** `members`: the open ones as they are after what was followed. */
function runStep(view: FleetView, followed: readonly MemberChange[], members: readonly OpenMember[]): FleetStep {
  const wave = view.waves[view.fleet.wavePosition];
  if (wave === undefined) return complete(view, followed);
  const own = members.filter(({ wavePosition }) => wavePosition === wave.position);
  const failures = failuresOf(view, own);
  if (isOverBudget(wave, failures)) return stopAtBudget(view, { wave, followed, own, failures });
  if (wave.state === "baking") return bakeStep(view, wave, followed);
  const inWay = own.filter(({ state }) => state !== "overdue" && !endedStates.has(state));
  if (inWay.length === 0) return beginBake(view, wave, followed);
  return beginMembers(view, wave, { followed, own });
}

/** Those that are over and failed, and those that are held too long. */
function failuresOf({ ended }: FleetView, own: readonly OpenMember[]): number {
  const before = [...failedStates].reduce((sum, state) => sum + (ended[state] ?? 0), 0);
  return before + own.filter(speaksAgainst).length;
}

const speaksAgainst = ({ state, reason }: OpenMember): boolean =>
  failedStates.has(state) || (state === "overdue" && reason === "held");

/** What was about to begin goes back into the line. */
function stopAtBudget(
  view: FleetView,
  facts: { wave: Wave; followed: readonly MemberChange[]; own: readonly OpenMember[]; failures: number },
): FleetStep {
  const { wave, followed, own, failures } = facts;
  const allowed = allowedFailures(wave.limits.budget, wave.size);
  const accepted = wave.acceptedFailures === 0 ? "" : ` beyond ${wave.acceptedFailures} accepted`;
  const detail = `${failures - wave.acceptedFailures} of ${counted(wave.size, "member")} of the wave ${wave.name} failed${accepted}; its budget is ${allowed}.`;
  const back = own.flatMap((member): MemberChange[] =>
    member.state === "beginning"
      ? [
          {
            tenantId: member.tenantId,
            deploymentId: member.deploymentId,
            from: "beginning",
            to: "pending",
            reason: null,
          },
        ]
      : [],
  );
  const reason = fleetReasonOf("failure-budget", detail);
  return {
    members: [...followed, ...back],
    fleet: { state: "paused", reason, wavePosition: wave.position },
    toAbort: [],
    dueInMs: LOOK_MS,
  };
}

function beginBake(view: FleetView, wave: Wave, followed: readonly MemberChange[]): FleetStep {
  if (wave.limits.bakeMs === 0) return nextWave(view, wave, followed);
  const bakeUntilMs = view.nowMs + wave.limits.bakeMs;
  return {
    members: followed,
    wave: { position: wave.position, state: "baking", bakeUntilMs },
    fleet: { state: "running", reason: fleetReasonOf("wave-baking", wave.name), wavePosition: wave.position },
    toAbort: [],
    dueInMs: Math.min(wave.limits.bakeMs, LOOK_MS),
  };
}

function bakeStep(view: FleetView, wave: Wave, followed: readonly MemberChange[]): FleetStep {
  const leftMs = (wave.bakeUntilMs ?? view.nowMs) - view.nowMs;
  if (leftMs > 0) return { members: followed, toAbort: [], dueInMs: Math.min(leftMs, LOOK_MS) };
  return nextWave(view, wave, followed);
}

function nextWave(view: FleetView, wave: Wave, followed: readonly MemberChange[]): FleetStep {
  const done = { position: wave.position, state: "done", bakeUntilMs: null } as const;
  if (wave.position + 1 >= view.waves.length) return { ...complete(view, followed), wave: done };
  const fleet = { state: "running", reason: null, wavePosition: wave.position + 1 } as const;
  return { members: followed, wave: done, fleet, toAbort: [], dueInMs: 0 };
}

const complete = (view: FleetView, followed: readonly MemberChange[]): FleetStep => ({
  members: followed,
  fleet: { state: "completed", reason: null, wavePosition: view.fleet.wavePosition },
  toAbort: [],
  dueInMs: null,
});

function beginMembers(
  view: FleetView,
  wave: Wave,
  { followed, own }: { readonly followed: readonly MemberChange[]; readonly own: readonly OpenMember[] },
): FleetStep {
  const isReady = ({ state, dueAtMs }: OpenMember) =>
    state === "pending" || (state === "waiting" && (dueAtMs === null || dueAtMs <= view.nowMs));
  const chosen = nextMembers({
    ready: own.filter(isReady),
    occupied: countByTenant(own.filter(isOccupying)),
    begun: view.begun,
    limits: wave.limits,
  });
  const begin = chosen.map(({ tenantId, deploymentId, state, waitsSinceMs }): MemberChange => ({
    tenantId,
    deploymentId,
    from: state,
    to: "beginning",
    reason: null,
    waitsSinceMs,
  }));
  return {
    members: [...followed, ...begin],
    ...(wave.state === "pending" && { wave: { position: wave.position, state: "running", bakeUntilMs: null } }),
    toAbort: [],
    dueInMs: begin.length > 0 ? 0 : LOOK_MS,
  };
}

function countByTenant(members: readonly OpenMember[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { tenantId } of members) counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1);
  return counts;
}

/** Phases in which an abort still goes unnoticed by callers; later ones are left to end. */
const ABORTABLE = new Set([
  "queued",
  "preflighting",
  "planning",
  "awaiting-approval",
  "applying",
  "smoke-testing",
  "awaiting-promotion",
  "held",
]);

function abortStep(view: FleetView, followed: readonly MemberChange[], members: readonly OpenMember[]): FleetStep {
  const { fleet } = view;
  const unbegun = members.flatMap((member): MemberChange[] =>
    member.state === "pending" || member.state === "waiting" || member.state === "beginning"
      ? [
          {
            tenantId: member.tenantId,
            deploymentId: member.deploymentId,
            from: member.state,
            to: "skipped",
            reason: "fleet-aborted",
          },
        ]
      : [],
  );
  const running = members.filter(({ state }) => state === "running");
  const toAbort = fleet.abortsRunning ? running.filter(isAbortable) : [];
  const isOver = running.length === 0;
  return {
    members: [...followed, ...unbegun],
    ...(isOver && { fleet: { state: "aborted", reason: fleet.reason, wavePosition: fleet.wavePosition } }),
    toAbort: toAbort.map(({ tenantId, deploymentId }) => ({ tenantId, deploymentId })),
    dueInMs: isOver ? null : LOOK_MS,
  };
}

const isAbortable = ({ rollout }: OpenMember): boolean =>
  rollout !== null && ABORTABLE.has(rollout.phase) && rollout.desired !== "abort";
