import type { ErrorCode } from "@tandem/kernel";
import { fleetReasonOf } from "./fleet-reasons.ts";
import {
  endedStates,
  type FleetReason,
  type FleetStanding,
  type FleetState,
  type MemberState,
} from "./fleet-rollout.ts";

/** What the platform may ask of a fleet rollout. */
export type FleetAsk = "pause" | "resume" | "abort";

/** What a request changes, or why it is refused. */
export type FleetDecision =
  | {
      readonly kind: "accepted";
      readonly state: FleetState;
      readonly reason: FleetReason | null;
      /** Failures so far no longer count. */
      readonly acceptsFailures: boolean;
      /** What is about to begin goes back into the line. */
      readonly takesBack: boolean;
    }
  | { readonly kind: "refused"; readonly error: ErrorCode; readonly reason: string; readonly text: string };

const refused = (reason: string, text: string): FleetDecision => ({
  kind: "refused",
  error: "fleet_refused",
  reason,
  text,
});

const accepted = (state: FleetState, reason: FleetReason | null, acceptsFailures = false): FleetDecision => ({
  kind: "accepted",
  state,
  reason,
  acceptsFailures,
  takesBack: state !== "running",
});

/** A resume after a stop at the budget accepts the failures so far: the budget counts anew from them. */
export function decideFleetRequest(
  fleet: Pick<FleetStanding, "state" | "reason">,
  ask: FleetAsk,
  detail: string,
): FleetDecision {
  if (fleet.state === "completed" || fleet.state === "aborted")
    return refused("ended", `The fleet rollout is ${fleet.state} already.`);
  if (ask === "abort")
    return fleet.state === "aborting"
      ? refused("aborting", "It is being aborted already.")
      : accepted("aborting", fleetReasonOf("abort-asked", detail));
  if (fleet.state === "aborting") return refused("aborting", "It is being aborted: what runs is left to end.");
  if (ask === "pause")
    return fleet.state === "paused"
      ? refused("paused", "It is paused already.")
      : accepted("paused", fleetReasonOf("pause-asked", detail));
  if (fleet.state === "running") return refused("running", "It is not paused.");
  return accepted("running", null, fleet.reason?.code === "failure-budget");
}

/** Whether a member may be left out: as long as its rollout has not been begun. */
export function decideSkip(state: MemberState): { readonly reason: string; readonly text: string } | null {
  if (state === "pending" || state === "waiting") return null;
  if (endedStates.has(state)) return { reason: "ended", text: `The member is ${state} already.` };
  return { reason: "begun", text: "Its rollout has begun: abort that rollout, or leave it to end." };
}
