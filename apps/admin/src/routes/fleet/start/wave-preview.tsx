import { counted } from "@tandem/kernel";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Badge } from "../../../ui/badge.tsx";
import { Button } from "../../../ui/button.tsx";
import { Section } from "../../../ui/section.tsx";
import { EmptyState } from "../../../ui/states.tsx";
import { type Candidate, type FleetPlan, membersOf, sizeOf } from "./fleet-draft.ts";

interface WavePreviewProps {
  /** As it would be started. */
  readonly plan: FleetPlan;
  /** Without what is left out by hand. */
  readonly all: FleetPlan;
  readonly leftOut: ReadonlySet<string>;
  readonly onLeaveOut: (leftOut: ReadonlySet<string>) => void;
}

/** Who would move in which wave, who would not and why. */
export function WavePreview({ plan, all, leftOut, onLeaveOut }: WavePreviewProps) {
  const { deployments, tenants } = sizeOf(plan);
  const byHand = membersOf(all).filter(({ deploymentId }) => leftOut.has(deploymentId));
  const without = (deploymentId: string): ReadonlySet<string> =>
    new Set([...leftOut].filter((each) => each !== deploymentId));
  return (
    <Section title="Who moves when">
      {deployments === 0 ? (
        <EmptyState title="Nobody would move">
          No deployment fits, or each is left out for the reasons below.
        </EmptyState>
      ) : (
        <>
          <p className="text-ink-soft">
            {`${counted(deployments, "deployment")} of ${counted(tenants, "tenant")}, in ${counted(plan.waves.length, "wave")}.`}
          </p>
          <ol className="grid gap-2">
            {plan.waves.map((wave, index) => (
              <li key={`${index} ${wave.name}`}>
                <Group title={`${index + 1}. ${wave.name}`} size={wave.members.length} isOpen={index === 0}>
                  <Members
                    members={wave.members}
                    action="Leave out"
                    onAct={({ deploymentId }) => onLeaveOut(new Set([...leftOut, deploymentId]))}
                  />
                </Group>
              </li>
            ))}
          </ol>
        </>
      )}
      {byHand.length > 0 && (
        <Group title="Left out by hand" size={byHand.length} isOpen>
          <Members members={byHand} action="Take in" onAct={({ deploymentId }) => onLeaveOut(without(deploymentId))} />
        </Group>
      )}
      {[...Map.groupBy(all.leftOut, ({ text }) => text)].map(([text, group]) => (
        <Group key={text} title={`Stays: ${text}`} size={group.length}>
          <Members members={group.map(({ member }) => member)} />
        </Group>
      ))}
    </Section>
  );
}

interface GroupProps {
  readonly title: string;
  readonly size: number;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}

const Group = ({ title, size, isOpen = false, children }: GroupProps) => (
  <details open={isOpen} className="group rounded-lg border border-line bg-surface">
    <summary className="flex min-h-11 list-none items-center gap-2 px-3 py-1.5 hover:bg-hover focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
      <ChevronRight
        className="size-4 shrink-0 text-ink-faint transition-transform group-open:rotate-90"
        aria-hidden="true"
      />
      <span className="min-w-0 flex-1 font-medium">{title}</span>
      <span className="text-sm whitespace-nowrap text-ink-faint">{counted(size, "deployment")}</span>
    </summary>
    <div className="border-t border-line">{children}</div>
  </details>
);

const SHOWN = 25;

interface MembersProps {
  readonly members: readonly Candidate[];
  readonly action?: string;
  readonly onAct?: (member: Candidate) => void;
}

function Members({ members, action, onAct }: MembersProps) {
  const [most, setMost] = useState(SHOWN);
  return (
    <>
      <ul className="divide-y divide-line">
        {members.slice(0, most).map((member) => (
          <li key={member.deploymentId} className="flex min-h-10 flex-wrap items-center gap-x-2 px-4 py-1">
            <span className="min-w-0 flex-1 truncate">
              {member.tenant} <span className="text-ink-faint">/</span> {member.name}
            </span>
            {member.environment !== "production" && <Badge tone="neutral">{member.environment}</Badge>}
            {action !== undefined && (
              <Button
                size="small"
                look="quiet"
                aria-label={`${action} ${member.tenant} / ${member.name}`}
                onClick={() => onAct?.(member)}
              >
                {action}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {members.length > most && (
        <button
          type="button"
          onClick={() => setMost(most + 10 * SHOWN)}
          className="block w-full border-t border-line px-4 py-2 text-left text-ink-soft hover:bg-hover hover:text-ink focus-visible:-outline-offset-2"
        >
          {`Show ${counted(members.length - most, "more deployment")}`}
        </button>
      )}
    </>
  );
}
