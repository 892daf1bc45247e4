import { counted } from "@tandem/kernel";
import type { ReactNode } from "react";
import { Time } from "../../ui/time.tsx";
import { heldBy, otherSlot, releaseName, type Subject } from "./use-deployment.ts";

/** What happens to calls in progress in a slot that new calls leave. */
export function callsInProgress({ deployment }: Pick<Subject, "deployment">): string {
  const { active } = deployment.pointer;
  const count = active === "none" ? 0 : deployment.slots[active].liveCalls;
  if (count === 0) return `No call is in progress on ${active}.`;
  return `${counted(count, "call")} in progress on ${active} ${count === 1 ? "goes" : "go"} on there to the end.`;
}

/** Whether the way back has been looked at lately. */
export function WayBack({ deployment }: Pick<Subject, "deployment">) {
  const { possible, verifiedAt, reason } = deployment.wayBack;
  if (!possible) return <>{reason}</>;
  if (verifiedAt === null) return <>The way back has not been checked yet.</>;
  return (
    <>
      The way back was checked <Time at={verifiedAt} show="relative" />: its objects at the vendors are as they were.
    </>
  );
}

/** What one is told before a rollback. */
export function RollbackConsequences(subject: Subject): ReactNode {
  const { active } = subject.deployment.pointer;
  if (active === "none") return null;
  const to = otherSlot(active);
  return (
    <div className="grid gap-2">
      <p>
        New calls go back to{" "}
        <strong className="font-semibold text-ink">{heldBy(subject, to) ?? "the release before"}</strong> on {to} within
        a second.
      </p>
      <p>{callsInProgress(subject)}</p>
      <p>
        <WayBack deployment={subject.deployment} />
      </p>
    </div>
  );
}

/** What one is told before a revert. */
export function RevertConsequences({ deployment, standing }: Subject): ReactNode {
  const to = standing?.revert.to ?? null;
  return (
    <div className="grid gap-2">
      <p>
        The slot that held the release before is gone, so going back takes a new rollout:{" "}
        <strong className="font-semibold text-ink">{to === null ? "the release before" : releaseName(to)}</strong> is
        installed again with the configuration it had, tested, and passes every gate.
      </p>
      <p>It takes minutes. Until its switch, new calls go on as now; calls in progress are not touched.</p>
      {deployment.pointer.mode === "live" && <p>If callers must be helped at once, divert to people meanwhile.</p>}
    </div>
  );
}
