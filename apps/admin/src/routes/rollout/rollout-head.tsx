import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { PageHeader } from "../../ui/page.tsx";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import { Time } from "../../ui/time.tsx";
import { Subject } from "../../shell/subject.tsx";
import type { Watched } from "./rollout-page.tsx";
import { PHASE_WORDS, phaseTone, releaseName } from "./words.ts";

/** What moves where, and how it stands. */
export function RolloutHead({ tenant, rollout, standing }: Watched) {
  const { deployment, release, before } = standing;
  return (
    <PageHeader
      trail={
        <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment: deployment.name }}>
          {deployment.name}
        </Link>
      }
      title={`Rollout of ${releaseName(release)}`}
      badges={
        <>
          <Badge tone={phaseTone(rollout.phase)}>
            <StatusDot tone={phaseTone(rollout.phase)}>{PHASE_WORDS[rollout.phase]}</StatusDot>
          </Badge>
          <SlotBadge slot={rollout.targetSlot} />
          <Badge>{deployment.environment}</Badge>
        </>
      }
      lead={
        <>
          {before === null ? "First release" : `After ${releaseName(before)}`}, started by{" "}
          <Subject tenant={tenant} of={rollout.createdBy} /> <Time at={rollout.createdAt} />
        </>
      }
    />
  );
}
