import { otherSlot, type Pointer, type Slot, type SlotView } from "../slot/index.ts";
import { refusal, type Refusal } from "./decision.ts";

/** A release that has been live, by the rollout that switched to it. */
export interface LivedRelease {
  readonly rolloutId: string;
  readonly bundleHash: string;
  readonly playbook: string;
  readonly version: string;
}

/** What a revert is decided from. */
export interface RevertView {
  readonly pointer: Pick<Pointer, "active">;
  readonly slots: Readonly<Record<Slot, Pick<SlotView, "bundleHash">>>;
  /** Whether one click brings the previous slot back now. */
  readonly canRollBack: boolean;
  /** What has been live, newest first. */
  readonly lived: readonly LivedRelease[];
}

export type RevertDecision = { readonly kind: "revert"; readonly release: LivedRelease } | Refusal;

/**
 * Which older release a new rollout brings back, configuration and content together (ruling 18). `to`: the rollout that once switched
 * to it, its version, or `playbook@version`; null: the one that was live before the present. Refused where a rollback does the same at
 * once.
 */
export function decideRevert(view: RevertView, to: string | null): RevertDecision {
  const { active } = view.pointer;
  const present = active === "none" ? null : view.slots[active].bundleHash;
  if (active === "none" || present === null)
    return refusal("conflict", "not-switched", "No release is live: there is nothing to revert from.");
  const release = to === null ? before(view.lived, present) : view.lived.find((one) => isNamed(one, to));
  if (release === undefined)
    return to === null
      ? refusal(
          "not_found",
          "nothing-older",
          "No other release has been live on this deployment before the present one.",
        )
      : refusal("not_found", "never-live", `No release ${to} has been live on this deployment.`);
  if (release.bundleHash === present)
    return refusal("conflict", "live-already", `Release ${release.version} is live already.`);
  if (view.canRollBack && view.slots[otherSlot(active)].bundleHash === release.bundleHash)
    return refusal(
      "rollback_possible",
      "rollback-possible",
      `Slot ${otherSlot(active)} still holds release ${release.version}: a rollback brings it back at once.`,
    );
  return { kind: "revert", release };
}

const isNamed = ({ rolloutId, version, playbook }: LivedRelease, to: string): boolean =>
  rolloutId === to || version === to || `${playbook}@${version}` === to;

/** The release that was live before the present one last went live. */
function before(lived: readonly LivedRelease[], present: string): LivedRelease | undefined {
  const since = lived.findIndex(({ bundleHash }) => bundleHash === present);
  return lived.slice(since + 1).find(({ bundleHash }) => bundleHash !== present);
}
