import type { MachineEvent } from "./event.ts";
import type { Phase } from "./phase.ts";

/** Why an event does nothing in a phase. Shown to the person who asked, as `details.reason` of `rollout_refused`. */
export const refusals = {
  "no-such-work": "This phase does no work of that kind.",
  "not-awaiting-approval": "The rollout is not waiting for an approval.",
  "not-awaiting-promotion": "The rollout is not waiting for a promotion.",
  "not-held": "The rollout is not held: it goes on by itself.",
  "no-gate-to-expire": "The phase has no gate that could expire.",
  "already-aborting": "It is being aborted already.",
  "already-rolling-back": "It is being rolled back already.",
  "already-switched": "Callers are on the new release already: roll back instead of aborting.",
  "not-switched": "Nothing has been switched: abort instead.",
  "already-ended": "The rollout has ended.",
  "already-held": "The rollout is held already.",
  "nothing-to-detach": "The number was not attached by this rollout yet: abort instead.",
  "no-step-to-skip": "The rollout is not between two canary steps.",
  "both-slots-live": "Callers are on both slots: roll back first, then detach.",
} as const;
export type RefusalCode = keyof typeof refusals;

/**
 * One cell of the table: the next phase · `stay` (accepted, the phase remains) · `as-held` (whatever the phase that is held would
 * do) · `unhold` (back to the phase that is held) · a refusal.
 */
export type Cell = { readonly to: Phase } | "stay" | "as-held" | "unhold" | { readonly refuse: RefusalCode };

type Row = Readonly<Record<MachineEvent, Cell>>;

const to = (phase: Phase): Cell => ({ to: phase });
const no = (refuse: RefusalCode): Cell => ({ refuse });

/** Cells that every phase at work before the switch has in common; each row names its own next phase and differences. */
const beforeSwitch = {
  approve: no("not-awaiting-approval"),
  promote: no("not-awaiting-promotion"),
  pause: to("held"),
  skip: no("no-step-to-skip"),
  abort: to("aborting"),
  rollback: to("aborting"),
  detach: no("nothing-to-detach"),
  resume: no("not-held"),
  expire: no("no-gate-to-expire"),
  wait: "stay",
  shift: no("no-such-work"),
  hold: to("held"),
  "vendor-failure": to("held"),
  "lease-lost": "stay",
  "findings-blocked": no("no-such-work"),
  "plan-stale": no("no-such-work"),
  "slot-draining": no("no-such-work"),
  "drift-found": no("no-such-work"),
  "smoke-failed": no("no-such-work"),
  "switch-lost": no("no-such-work"),
  "bake-breached": no("not-switched"),
  "way-back-gone": no("not-switched"),
  "evidence-inconclusive": no("no-such-work"),
  "tenant-suspended": to("held"),
} as const satisfies Omit<Row, "stage-succeeded">;

const afterSwitch = {
  ...beforeSwitch,
  abort: no("already-switched"),
  rollback: to("rolling-back"),
  detach: to("rolling-back"),
  "bake-breached": no("no-such-work"),
  "way-back-gone": no("no-such-work"),
} as const satisfies Omit<Row, "stage-succeeded">;

const cleaningUp = (already: RefusalCode) =>
  ({
    ...beforeSwitch,
    pause: no(already),
    abort: no(already),
    rollback: no(already),
    detach: no(already),
    "tenant-suspended": "stay",
  }) as const satisfies Omit<Row, "stage-succeeded">;

/** Ended phases answer every event the same way, but a worker that lost its lease is no error anywhere. */
const ended: Row = {
  ...(Object.fromEntries(
    [...Object.keys(beforeSwitch), "stage-succeeded"].map((event) => [event, no("already-ended")]),
  ) as unknown as Row),
  "lease-lost": "stay",
};

/** The complete table, phase × event (ruling 19). Generated into `docs/state-diagram.md`; a test walks every cell. */
export const transitions: Readonly<Record<Phase, Row>> = {
  queued: { ...beforeSwitch, "stage-succeeded": to("preflighting") },
  preflighting: { ...beforeSwitch, "stage-succeeded": to("planning"), "findings-blocked": to("held") },
  planning: {
    ...beforeSwitch,
    "stage-succeeded": to("awaiting-approval"),
    "plan-stale": to("failed"),
    "findings-blocked": to("held"),
  },
  "awaiting-approval": {
    ...beforeSwitch,
    "stage-succeeded": to("applying"),
    approve: "stay",
    expire: to("aborting"),
    "plan-stale": to("failed"),
  },
  applying: {
    ...beforeSwitch,
    "stage-succeeded": to("smoke-testing"),
    "plan-stale": to("failed"),
    "slot-draining": to("held"),
    "drift-found": to("held"),
  },
  "smoke-testing": {
    ...beforeSwitch,
    "stage-succeeded": to("awaiting-promotion"),
    "smoke-failed": to("held"),
    "drift-found": to("held"),
  },
  "awaiting-promotion": {
    ...beforeSwitch,
    "stage-succeeded": to("switching"),
    promote: "stay",
    shift: to("shifting"),
    expire: to("aborting"),
  },
  shifting: {
    ...beforeSwitch,
    "stage-succeeded": to("switching"),
    promote: "stay",
    pause: "stay",
    skip: "stay",
    resume: "stay",
    rollback: to("rolling-back"),
    detach: no("both-slots-live"),
    "switch-lost": to("held"),
    "drift-found": to("held"),
    "bake-breached": to("rolling-back"),
    "way-back-gone": to("held"),
    "evidence-inconclusive": to("held"),
  },
  switching: {
    ...beforeSwitch,
    "stage-succeeded": to("baking"),
    "bake-breached": to("rolling-back"),
    rollback: to("rolling-back"),
    detach: to("rolling-back"),
    "switch-lost": to("held"),
    "drift-found": to("held"),
  },
  baking: {
    ...afterSwitch,
    "stage-succeeded": to("retiring"),
    promote: "stay",
    pause: "stay",
    resume: "stay",
    "bake-breached": to("rolling-back"),
    "way-back-gone": to("held"),
    "evidence-inconclusive": to("held"),
  },
  retiring: { ...afterSwitch, "stage-succeeded": to("succeeded") },
  aborting: { ...cleaningUp("already-aborting"), "stage-succeeded": to("aborted") },
  "rolling-back": { ...cleaningUp("already-rolling-back"), "stage-succeeded": to("rolled-back") },
  held: {
    ...beforeSwitch,
    "stage-succeeded": no("already-held"),
    promote: "as-held",
    pause: no("already-held"),
    skip: "as-held",
    abort: "as-held",
    rollback: "as-held",
    detach: "as-held",
    resume: "unhold",
    hold: "stay",
    "vendor-failure": "stay",
    "bake-breached": "as-held",
    "tenant-suspended": "stay",
  },
  succeeded: ended,
  aborted: ended,
  "rolled-back": ended,
  failed: ended,
};
