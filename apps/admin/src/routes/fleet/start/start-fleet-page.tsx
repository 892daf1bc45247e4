import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem } from "../../../api/problem.ts";
import { read } from "../../../api/query.ts";
import { usePlatformRefusal } from "../../../shell/permission.ts";
import { Link } from "../../../ui/link.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { Page, PageHeader } from "../../../ui/page.tsx";
import { ProblemNote } from "../../../ui/problem-note.tsx";
import { Card } from "../../../ui/section.tsx";
import { SkeletonLines } from "../../../ui/skeleton.tsx";
import { EmptyState } from "../../../ui/states.tsx";
import { type FleetDraft, fleetErrors, newDraft } from "./fleet-draft.ts";
import { LimitFields } from "./limit-fields.tsx";
import { MemberFields } from "./member-fields.tsx";
import { SelectionFields } from "./selection-fields.tsx";
import { StartButton } from "./start-button.tsx";
import { useFleetPlan } from "./use-fleet-plan.ts";
import { WaveFields } from "./wave-fields.tsx";
import { WavePreview } from "./wave-preview.tsx";

const route = getRouteApi("/frame/fleet/start");

/** A fleet rollout before it begins: what, for whom, in which waves, and who that is. */
export function StartFleetPage() {
  const refusal = usePlatformRefusal("platform");
  return (
    <Page>
      <PageHeader
        trail={<Link to="/fleet">Fleet rollouts</Link>}
        title="Start a fleet rollout"
        lead="Many deployments of many tenants to one version of the library, in waves. Nothing begins before it is asked once more."
      />
      {refusal === null ? <Library /> : <EmptyState title="This is the platform's">{refusal}.</EmptyState>}
    </Page>
  );
}

function Library() {
  const playbooks = useQuery(read("/v1/playbooks", { query: { limit: 200 } }));
  return (
    <Loaded of={playbooks}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title="The library is empty">
            Publish a version of a playbook into the library first; see <Link to="/playbooks">Playbooks</Link>.
          </EmptyState>
        ) : (
          <StartForm playbooks={items} />
        )
      }
    </Loaded>
  );
}

interface StartFormProps {
  readonly playbooks: readonly { readonly name: string; readonly title: string }[];
}

function StartForm({ playbooks }: StartFormProps) {
  const { playbook, version } = route.useSearch();
  const [draft, setDraft] = useState(() => newDraft(playbook ?? playbooks[0]?.name ?? "", version ?? ""));
  const change = (part: Partial<FleetDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const errors = fleetErrors(draft);
  const isWrong = Object.keys(errors).length > 0;
  const planned = useFleetPlan(draft, isWrong);
  const problem = planned.error === null ? null : asProblem(planned.error);
  const at = (path: string): string | null => (path === "/version" ? null : errors[path]) ?? problem?.at(path) ?? null;
  const plan = planned.isNobody ? undefined : planned.plan.data;
  const part = { draft, at, onChange: change };
  return (
    <div className="grid items-start gap-x-8 gap-y-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,30rem)]">
      <Card>
        <div className="grid gap-8">
          <SelectionFields {...part} playbooks={playbooks} />
          <WaveFields {...part} />
          <LimitFields {...part} />
          <MemberFields {...part} />
        </div>
      </Card>
      <div className="grid gap-4 xl:sticky xl:top-6" aria-busy={!planned.isSettled}>
        {problem !== null && <ProblemNote problem={problem} />}
        {draft.version === "" ? (
          <EmptyState title="Choose a version">
            Who would move in which wave stands here, before anything does.
          </EmptyState>
        ) : planned.all === undefined ? (
          problem === null && !isWrong && <SkeletonLines count={6} />
        ) : (
          <WavePreview
            plan={plan ?? { ...planned.all, waves: [] }}
            all={planned.all}
            leftOut={draft.leftOut}
            onLeaveOut={(leftOut) => change({ leftOut })}
          />
        )}
        <div className="flex justify-end border-t border-line pt-4">
          <StartButton
            wish={planned.wish}
            plan={plan}
            disabledBecause={whyNot({
              draft,
              isWrong,
              isSettled: planned.isSettled,
              isNobody: planned.isNobody || plan?.waves.length === 0,
              isKnown: plan !== undefined,
            })}
          />
        </div>
      </div>
    </div>
  );
}

interface Standing {
  readonly draft: FleetDraft;
  readonly isWrong: boolean;
  readonly isSettled: boolean;
  readonly isNobody: boolean;
  readonly isKnown: boolean;
}

function whyNot({ draft, isWrong, isSettled, isNobody, isKnown }: Standing): string | null {
  if (draft.version === "") return "Choose the version first";
  if (isWrong) return "Mend what is marked first";
  if (!isSettled) return "Who would move is being asked for";
  if (isNobody) return "Nobody would move";
  return isKnown ? null : "Who would move could not be found out";
}
