import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { Subject as Person } from "../../shell/subject.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Section } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import { Time } from "../../ui/time.tsx";
import { PHASE_WORDS, phaseTone } from "../rollout/words.ts";

/** The latest rollouts of the deployment, newest first. */
export function RecentRollouts({ tenant, deploymentId }: { readonly tenant: string; readonly deploymentId: string }) {
  const rollouts = useQuery(
    read("/v1/deployments/{reference}/rollouts", { tenant, path: { reference: deploymentId }, query: { limit: 20 } }),
  );
  return (
    <Section title="Rollouts">
      <Loaded of={rollouts} skeleton={<SkeletonLines count={6} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-ink-soft">None yet. Roll out a version of the playbook to take calls.</p>
          ) : (
            <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
              {items.map((rollout) => (
                <Row key={rollout.id} tenant={tenant} rollout={rollout} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}

const Row = ({ tenant, rollout }: { readonly tenant: string; readonly rollout: Schemas["Rollout"] }) => (
  <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2">
    <StatusDot tone={phaseTone(rollout.phase)}>
      <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: rollout.id }}>
        {PHASE_WORDS[rollout.phase]}
      </Link>
    </StatusDot>
    <SlotBadge slot={rollout.targetSlot} />
    <span className="ml-auto text-sm text-ink-faint">
      <Person tenant={tenant} of={rollout.createdBy} /> · <Time at={rollout.createdAt} />
    </span>
  </li>
);
