/** What a reason code stands for: `wait` goes on by itself at the due time, `hold` needs a person, `end` explains a terminal phase. */
export interface ReasonEntry {
  readonly kind: "wait" | "hold" | "end";
  /** Fixed sentence without values. */
  readonly summary: string;
  /** What the operator does next. */
  readonly nextAction: string;
  /** A hold that resumes by itself once its cause is gone. */
  readonly isSelfResuming?: true;
}

const wait = (summary: string, nextAction: string): ReasonEntry => ({ kind: "wait", summary, nextAction });
const hold = (summary: string, nextAction: string): ReasonEntry => ({ kind: "hold", summary, nextAction });
const end = (summary: string, nextAction: string): ReasonEntry => ({ kind: "end", summary, nextAction });

/** Every reason a rollout can wait, be held or have ended for. `docs/errors.md` is generated from it. */
export const reasons = {
  "awaiting-approval": wait("The plan waits for an approval", "Read the plan and approve it, or abort."),
  "awaiting-promotion": wait("The inactive slot is ready and waits to be promoted", "Promote it, or abort."),
  replaying: wait(
    "Past calls are had again on the new release",
    "Nothing to do: it goes on when they have ended; promote to go on without them, or abort.",
  ),
  "vendor-throttled": wait("The vendor asks us to slow down", "Nothing to do: it goes on when the vendor allows."),
  "vendor-retrying": wait(
    "The vendor did not answer properly",
    "Nothing to do: it is tried again; see the vendor's status page.",
  ),
  settling: wait("A write of unknown outcome is given time to show", "Nothing to do: it is looked up and goes on."),
  baking: wait(
    "The new release is being watched",
    "Nothing to do: it succeeds at the end of the window; roll back if you see something wrong.",
  ),
  "bake-check-failing": wait(
    "A check of the new release could not be made or failed once",
    "Nothing to do: a second failure in a row counts.",
  ),
  shifting: wait(
    "A share of new calls goes to the new release while both are watched",
    "Nothing to do: the next step follows when the calls tell enough; skip it, pause, or roll back.",
  ),
  "evidence-gathering": wait(
    "There are not enough calls yet to tell how the new release does",
    "Nothing to do: the watch goes on; end it with promote if you have seen enough, or roll back.",
  ),
  paused: wait("A person paused the rollout; it is still watched", "Resume it, or roll back."),
  "freeze-window": wait(
    "A freeze window is in force",
    "Nothing to do: it goes on when the window ends; an authorised person may override it with a reason.",
  ),
  "safety-net-lagging": wait(
    "The vendor that holds the number still names an agent that is to be removed",
    "Nothing to do: callers follow the pointer already; cleaning up goes on when the vendor's own routing has followed.",
  ),
  "node-behind": wait(
    "A media node has not told that it has seen the pointer's last move; it may still put callers on the slot",
    "Nothing to do where it answers again soon. Else the platform's administrators give the node its way to the database back or, where it runs no more, forget it (`tandem nodes`); after an hour of silence it counts as gone.",
  ),
  draining: wait(
    "Calls in progress end on the release they began on",
    "Nothing to do: cleaning up follows when the last call has ended.",
  ),

  "findings-blocked": hold("Preflight found errors", "Fix the findings with severity error, then resume; or abort."),
  "rollout-paused": hold("A person paused the rollout", "Resume it, or abort."),
  "evidence-inconclusive": hold(
    "The calls so far do not tell whether the new release is as good as the one before",
    "Read the figures: promote to accept it, resume to watch for another window, or roll back.",
  ),
  "replay-differs": hold(
    "Past calls end differently on the new release",
    "Compare the outcomes side by side; promote to accept them, or abort.",
  ),
  "cost-cap": hold(
    "The release would cost more per call than the tenant allows",
    "Raise the cap or choose other providers; then plan again.",
  ),
  "slot-draining": {
    ...hold("The target slot still has calls in progress", "Nothing to do: it resumes when the calls have ended."),
    isSelfResuming: true,
  },
  "tenant-suspended": {
    ...hold("The tenant is suspended", "Reactivate the tenant: it resumes by itself; or abort."),
    isSelfResuming: true,
  },
  "drift-found": hold("A vendor object changed without our doing", "Look at what changed; abort and plan again."),
  "smoke-failed": hold(
    "The smoke test did not pass",
    "Read the smoke report; fix what it names, then resume to test again, or abort.",
  ),
  "switch-lost": hold("A condition of the switch no longer holds", "Read the detail; resume to try again, or abort."),
  "way-back-gone": hold(
    "The new release fails its checks and there is no previous slot to go back to",
    "Divert calls to a person, or detach the number; then fix and roll out again.",
  ),
  "credential-refused": hold(
    "The vendor refuses the credential",
    "Store a valid credential for the connection, then resume.",
  ),
  "credential-unsealed": hold(
    "A stored credential cannot be opened",
    "Check the sealing key of worker and API, then resume.",
  ),
  "permission-missing": hold("The credential lacks a permission", "Grant the permission at the vendor, then resume."),
  "account-payment": hold("The vendor account needs a payment", "Settle the account at the vendor, then resume."),
  "vendor-unavailable": hold(
    "The vendor failed six times in a row",
    "See the vendor's status page; resume when it is back.",
  ),
  "vendor-invalid": hold(
    "The vendor refused our input",
    "Correct the configuration named in the detail; abort and plan again.",
  ),
  "vendor-contract": hold(
    "The vendor did not do what it answered",
    "Compare the object at the vendor with the plan; resume to write again, or abort.",
  ),
  "vendor-conflict": hold(
    "The vendor says the object exists or changed",
    "Look at the object at the vendor; abort and plan again.",
  ),
  "object-missing": hold(
    "The vendor does not know an object that we wrote",
    "Abort and plan again: the object will be made anew.",
  ),
  "routing-moved": hold(
    "The number's routing changed since preflight",
    "Check who changed the number at the carrier; abort and plan again.",
  ),
  "outside-slot": hold(
    "The plan names an object outside the inactive slot",
    "Report it: nothing was written. Abort and plan again.",
  ),
  "engine-version": hold("A newer engine began this rollout", "Update the workers, then resume."),
  "engine-error": hold(
    "Something went wrong on our side",
    "Report the rollout id; the log holds the cause. Resume to try again.",
  ),

  "plan-stale": end("What the plan was made for has moved", "Make a new plan; the detail names what moved."),
  "approval-expired": end("Nobody approved in time", "Start a new rollout."),
  "promotion-expired": end("Nobody promoted in time", "Start a new rollout."),
  "approval-rejected": end("An approver rejected the plan", "Read the reason; change the release and start again."),
  "canary-breached": end(
    "The new release did worse on its share of calls and the share went back",
    "Read the comparison in the timeline; fix and roll out again.",
  ),
  "tenant-offboarded": end("The tenant was taken off the platform", "Nothing to do."),
  "abort-asked": end("A person stopped the rollout", "Nothing to do."),
  "rollback-asked": end("A person rolled back", "Find out what was wrong before the next rollout."),
  "detach-asked": end("A person detached the number", "Nothing to do: the carrier routes calls as before."),
  "bake-breached": end(
    "The new release failed its checks and traffic went back",
    "Read the checks in the timeline; fix and roll out again.",
  ),
} as const satisfies Record<string, ReasonEntry>;

/** The closed set of reason codes. */
export type ReasonCode = keyof typeof reasons;

/** A reason as the rollout row keeps it; `detail` is safe to show. */
export const reasonOf = (
  code: ReasonCode,
  detail: string,
): { readonly code: ReasonCode; readonly detail: string; readonly nextAction: string } => ({
  code,
  detail,
  nextAction: reasons[code].nextAction,
});
