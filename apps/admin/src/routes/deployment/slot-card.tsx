import type { ReactNode } from "react";
import type { Schemas } from "../../api/generated/schema.ts";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Hash } from "../../ui/code.tsx";
import { SlotMark, type Slot } from "../../ui/slot-badge.tsx";
import { Time } from "../../ui/time.tsx";
import { slotRole, type SlotRole } from "./slot-role.ts";
import { heldBy, type Subject } from "./use-deployment.ts";

interface SlotCardProps extends Subject {
  readonly slot: Slot;
  /** The latest rollouts, newest first: which of them filled the slot. */
  readonly rollouts: readonly Schemas["Rollout"][];
  /** When the pointer came to where it is. */
  readonly movedAt: string | null;
}

const EDGES = { blue: "border-t-blue", green: "border-t-green" };

/** One slot: what it holds, what it is to callers now, and whether one could go back to it. */
export function SlotCard({ slot, rollouts, movedAt, ...subject }: SlotCardProps) {
  const { deployment } = subject;
  const view = deployment.slots[slot];
  const role = slotRole(deployment, slot);
  const name = heldBy(subject, slot);
  const filledBy = rollouts.find((each) => each.targetSlot === slot && each.bundleHash === view.bundleHash);
  const isActive = role.word === "active";
  return (
    <article
      aria-label={`Slot ${slot}`}
      className={classNames(
        "grid content-start gap-3 rounded-lg border border-t-4 border-line bg-surface px-4 pt-3 pb-4",
        EDGES[slot],
        isActive && "max-sm:order-first",
      )}
    >
      <div className="flex items-center justify-between gap-3">
        <h3 className="flex items-center gap-2 font-semibold">
          <SlotMark slot={slot} />
          {slot}
        </h3>
        <Badge tone={role.tone}>{role.word}</Badge>
      </div>
      <div>
        <p className="text-lg font-semibold">{name ?? "Empty"}</p>
        <p className="text-sm text-ink-faint">
          {view.bundleHash === null ? role.meaning : <Release hash={view.bundleHash} meaning={role.meaning} />}
        </p>
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2.5 border-t border-line pt-3">
        <Fact term={role.word === "draining" ? "Calls ending here" : "Calls now"}>
          <span className="text-lg font-semibold tabular-nums">{view.liveCalls}</span>
        </Fact>
        <Fact term={isActive ? "Live since" : "Installed"}>
          <Time
            at={isActive ? (movedAt ?? filledBy?.createdAt ?? null) : (filledBy?.createdAt ?? null)}
            show="relative"
          />
        </Fact>
        <Fact term="Objects">
          <Objects view={view} isRollingOut={deployment.liveRollout !== null} />
        </Fact>
        <Fact term="Checked">
          <Time at={view.verifiedAt} show="relative" />
        </Fact>
      </dl>
    </article>
  );
}

const Release = ({ hash, meaning }: { readonly hash: string; readonly meaning: SlotRole["meaning"] }) => (
  <>
    Release <Hash value={hash} /> · {meaning}
  </>
);

interface ObjectsProps {
  readonly view: Schemas["Slot"];
  readonly isRollingOut: boolean;
}

/** Whether the vendors' objects of the slot are as they were installed. */
function Objects({ view: { state, intact, bundleHash }, isRollingOut }: ObjectsProps) {
  if (bundleHash === null) return <span className="text-ink-faint">none</span>;
  if (state === "tainted" && isRollingOut) return <StatusDot tone="busy">not finished yet</StatusDot>;
  if (state === "tainted") return <StatusDot tone="warn">unfinished, to be rebuilt</StatusDot>;
  return intact ? <StatusDot tone="good">intact</StatusDot> : <StatusDot tone="bad">not intact</StatusDot>;
}

const Fact = ({ term, children }: { readonly term: string; readonly children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-sm text-ink-faint">{term}</dt>
    <dd className="flex min-h-6 items-center">{children}</dd>
  </div>
);
