import { type Phase, terminalPhases } from "../rollout/index.ts";
import type { MemberReasonCode } from "./fleet-reasons.ts";
import type { FleetPatience, MemberState } from "./fleet-rollout.ts";
import type { MemberChange, OpenMember } from "./member.ts";

/** Phases in which a rollout waits for a person: such members take up no room. */
const parkedPhases: Partial<Record<Phase, MemberReasonCode>> = {
  held: "held",
  "awaiting-approval": "awaiting-approval",
  "awaiting-promotion": "awaiting-promotion",
};

/** True while its rollout takes up room of its wave. */
export const isOccupying = (member: Pick<OpenMember, "state" | "rollout">): boolean =>
  member.state === "beginning" ||
  (member.state === "running" && (member.rollout === null || parkedPhases[member.rollout.phase] === undefined));

/** What has become of a member since it was last looked at; null: nothing. */
export function followMember(member: OpenMember, patience: FleetPatience, nowMs: number): MemberChange | null {
  if (member.state === "waiting") return giveUpWaiting(member, patience, nowMs);
  if ((member.state !== "running" && member.state !== "overdue") || member.rollout === null) return null;
  const { phase } = member.rollout;
  if (terminalPhases.has(phase)) return changeOf(member, phase as MemberState, null);
  const parked = parkedPhases[phase];
  return parked === undefined ? goesOn(member) : standsStill(member, parked, { patience, nowMs });
}

const changeOf = (
  { tenantId, deploymentId, state }: OpenMember,
  to: MemberState,
  reason: MemberReasonCode | null,
  waitsSinceMs: number | null = null,
): MemberChange => ({ tenantId, deploymentId, from: state, to, reason, waitsSinceMs });

const goesOn = (member: OpenMember): MemberChange | null =>
  member.state === "running" && member.reason === null ? null : changeOf(member, "running", null);

/** An approval or a promotion that nobody gives does not speak against the release: it is only no longer waited for. */
function standsStill(
  member: OpenMember,
  reason: MemberReasonCode,
  { patience, nowMs }: { readonly patience: FleetPatience; readonly nowMs: number },
): MemberChange | null {
  const isNew = member.reason !== reason;
  const sinceMs = isNew ? nowMs : (member.waitsSinceMs ?? nowMs);
  const isOverdue = nowMs - sinceMs >= (reason === "held" ? patience.heldMs : patience.waitMs);
  const to = isOverdue ? "overdue" : "running";
  return isNew || to !== member.state ? changeOf(member, to, reason, sinceMs) : null;
}

function giveUpWaiting(member: OpenMember, patience: FleetPatience, nowMs: number): MemberChange | null {
  if (member.waitsSinceMs === null || nowMs - member.waitsSinceMs < patience.waitMs) return null;
  return { ...changeOf(member, "skipped", "waited-too-long"), detail: member.reason ?? "" };
}
