/**
 * Every journal boundary at which a process may die, in the order of a rollout: what the crash test enumerates. `after` a
 * transaction means: it is committed, and nothing has followed yet.
 */
export const faultPoints = [
  "lease.claimed",
  "transition.before",
  "transition.after",
  "apply.begin.before",
  "apply.begin.after",
  "step.intent.before",
  "step.intent.after",
  "step.call.after",
  "step.outcome.before",
  "step.outcome.after",
  "settle.before",
  "smoke.call.after",
  "smoke.cleaned",
  "shift.before",
  "shift.after",
  "switch.before",
  "switch.after",
  "attach.intent.before",
  "attach.intent.after",
  "attach.call.after",
  "attach.outcome.before",
  "attach.outcome.after",
  "bake.checked",
  "retire.before",
  "retire.after",
  "cleanup.planned",
  "cleanup.after",
  "detach.before",
  "detach.after",
] as const;

/** Name of a fault point. */
export type FaultPoint = (typeof faultPoints)[number];
