import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";

export type Fleet = Schemas["FleetRollout"];
export type FleetDetail = Schemas["FleetRolloutDetail"];
export type Member = Schemas["FleetMember"];
export type MemberState = Member["state"];

export const FLEET_TONES: Readonly<Record<Fleet["state"], Tone>> = {
  running: "busy",
  paused: "warn",
  aborting: "busy",
  completed: "good",
  aborted: "neutral",
};

/**
 * How often a fleet rollout that goes on is read anew, milliseconds. The stream tells of tenants that the reader belongs to, and whoever looks
 * after the platform belongs to few.
 */
const LOOK_MS = 3000;

/** For `refetchInterval`: while one of them goes on. */
export const lookInterval = (fleets: readonly Pick<Fleet, "state">[]): number | false =>
  fleets.some(({ state }) => state !== "completed" && state !== "aborted") && LOOK_MS;

export const MEMBER_TONES: Readonly<Record<MemberState, Tone>> = {
  pending: "neutral",
  waiting: "warn",
  beginning: "busy",
  running: "busy",
  overdue: "warn",
  succeeded: "good",
  "rolled-back": "bad",
  aborted: "neutral",
  failed: "bad",
  blocked: "warn",
  skipped: "neutral",
};
export const MEMBER_STATES = Object.keys(MEMBER_TONES) as readonly MemberState[];

export const MEMBER_WORDS: Readonly<Record<MemberState, string>> = {
  pending: "in line",
  waiting: "waits",
  beginning: "beginning",
  running: "running",
  overdue: "overdue",
  succeeded: "succeeded",
  "rolled-back": "rolled back",
  aborted: "aborted",
  failed: "failed",
  blocked: "blocked",
  skipped: "skipped",
};

export const WAVE_TONES: Readonly<Record<FleetDetail["waves"][number]["state"], Tone>> = {
  pending: "neutral",
  running: "busy",
  baking: "busy",
  done: "good",
};
