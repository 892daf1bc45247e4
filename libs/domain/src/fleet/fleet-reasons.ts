import type { FleetReason } from "./fleet-rollout.ts";

interface Entry {
  readonly summary: string;
  readonly nextAction: string;
}

const entry = (summary: string, nextAction: string): Entry => ({ summary, nextAction });

/** Every reason a fleet rollout stands or ended for. */
export const fleetReasons = {
  "failure-budget": entry(
    "More members of the wave failed than its budget allows",
    "Read the failed members; resume to accept these failures and go on, or abort.",
  ),
  "pause-asked": entry("A person paused it; rollouts in progress go on", "Resume it, or abort."),
  "wave-baking": entry(
    "The wave has ended and is watched before the next begins",
    "Nothing to do: the next wave begins at the end of the window.",
  ),
  "abort-asked": entry("A person aborted it; members not begun are skipped", "Nothing to do."),
} as const satisfies Record<string, Entry>;

/** Every reason a member waits, was skipped, or is no longer waited for. */
export const memberReasons = {
  "rollout-live": entry("The deployment has a rollout of its own", "It begins when that one has ended."),
  "freeze-window": entry("A freeze window is in force", "It begins when the window ends."),
  "tenant-suspended": entry("The tenant is suspended", "It begins when the tenant is reactivated."),
  "begin-failed": entry("Its rollout could not be begun just now", "It is tried again."),
  held: entry("Its rollout is held", "The rollout's own reason says what to do."),
  "awaiting-approval": entry("Its rollout waits for an approval of the tenant", "The tenant approves or rejects it."),
  "awaiting-promotion": entry("Its rollout waits to be promoted", "The tenant promotes or aborts it."),
  "waited-too-long": entry("It could not begin for as long as the fleet waits", "Roll it out by itself later."),
  "already-there": entry("It runs this very release", "Nothing to do."),
  "skip-asked": entry("A person left it out", "Roll it out by itself when it suits."),
  "fleet-aborted": entry("The fleet rollout was aborted before it began", "Nothing to do."),
  "does-not-compile": entry(
    "Its configuration makes no release of this version",
    "Correct the configuration as the diagnostics say; roll it out by itself.",
  ),
  "begin-refused": entry("Its rollout was refused", "Read the detail; roll it out by itself."),
} as const satisfies Record<string, Entry>;

export type FleetReasonCode = keyof typeof fleetReasons;
export type MemberReasonCode = keyof typeof memberReasons;

/** A reason as the fleet rollout's row keeps it. */
export const fleetReasonOf = (code: FleetReasonCode, detail: string): FleetReason => ({
  code,
  detail,
  nextAction: fleetReasons[code].nextAction,
});
