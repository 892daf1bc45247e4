import type { DeploymentStanding } from "@tandem/contracts";
import type { ReleaseBundle } from "@tandem/domain/release";
import { decideRevert, type LivedRelease } from "@tandem/domain/rollout";
import type { Slot } from "@tandem/domain/slot";
import type { DeploymentDetail } from "@tandem/ports/store/control";
import { zoneOf } from "./zone.ts";

/** What a standing is told from, read at one moment. */
export interface DeploymentFacts {
  readonly deployment: Pick<DeploymentDetail, "id" | "overlay" | "pointer" | "slots" | "wayBack">;
  /** What has been live, newest first. */
  readonly lived: readonly LivedRelease[];
  /** The bundles that the slots hold, where they are kept. */
  readonly releases: Readonly<Record<Slot, ReleaseBundle | null>>;
}

const MOST_LIVED = 50;

export function deploymentStanding({ deployment, lived, releases }: DeploymentFacts): DeploymentStanding {
  const decision = decideRevert({ ...deployment, canRollBack: deployment.wayBack.possible, lived }, null);
  const { active } = deployment.pointer;
  const nameIn = (slot: Slot) => {
    const hash = deployment.slots[slot].bundleHash;
    const release = releases[slot];
    const version = release === null ? null : `${release.playbook.name}@${release.playbook.version}`;
    return hash === null ? null : { hash, version };
  };
  return {
    deploymentId: deployment.id,
    timeZone: zoneOf(deployment.overlay, active === "none" ? null : releases[active]),
    slots: { blue: nameIn("blue"), green: nameIn("green") },
    lived: once(lived).slice(0, MOST_LIVED).map(named),
    revert:
      decision.kind === "revert"
        ? { to: named(decision.release), refusal: null }
        : { to: null, refusal: decision.text },
  };
}

const named = ({ rolloutId, bundleHash, playbook, version }: LivedRelease) => ({
  rolloutId,
  hash: bundleHash,
  version: `${playbook}@${version}`,
});

/** Of a release that came back, its latest time. */
function once(lived: readonly LivedRelease[]): readonly LivedRelease[] {
  const byHash = new Map<string, LivedRelease>();
  for (const release of lived) if (!byHash.has(release.bundleHash)) byHash.set(release.bundleHash, release);
  return [...byHash.values()];
}
