import { getRouteApi } from "@tanstack/react-router";
import { Code } from "../../ui/code.tsx";
import { DiffViewChoice } from "../../ui/diff-view-choice.tsx";
import type { DiffView } from "../../ui/diff.tsx";
import { CallerSection } from "./caller-section.tsx";
import { DecisionPanel } from "./decision-panel.tsx";
import { EffectSection } from "./effect-section.tsx";
import { FindingSection } from "./finding-section.tsx";
import { changesByVendor, type Plan, type PlanState, standOf, type VendorChanges } from "./plan.ts";
import { StaleNote } from "./stale-note.tsx";
import { SummaryTiles } from "./summary-tiles.tsx";
import { UsedNote } from "./used-note.tsx";
import { QuietVendors, VendorSection } from "./vendor-section.tsx";
import { WaitingNote } from "./waiting-note.tsx";

interface ReadyPlanProps {
  readonly tenant: string;
  readonly planId: string;
  readonly state: PlanState;
  readonly plan: Plan;
}

const route = getRouteApi("/frame/t/$tenant/plans/$plan");

export function ReadyPlan({ tenant, planId, state, plan }: ReadyPlanProps) {
  const { view = "inline" } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (next: DiffView): void =>
    void navigate({ search: next === "inline" ? {} : { view: next }, replace: true });
  const vendors = changesByVendor(plan.changes);
  const [loud, quiet] = [vendors.filter(hasChanges), vendors.filter((vendor) => !hasChanges(vendor))];
  return (
    <>
      <StandingPart tenant={tenant} planId={planId} state={state} plan={plan} />
      <SummaryTiles plan={plan} comparison={state.comparison} />
      <CallerSection plan={plan} view={view} actions={<DiffViewChoice view={view} onChoose={choose} />} />
      <FindingSection findings={plan.findings} />
      {loud.map((vendor) => (
        <VendorSection key={vendor.vendor} tenant={tenant} of={vendor} view={view} />
      ))}
      {quiet.length > 0 && <QuietVendors tenant={tenant} vendors={quiet} />}
      {state.comparison !== undefined && <EffectSection plan={plan} comparison={state.comparison} />}
      {state.prose !== undefined && <Prose text={state.prose} />}
    </>
  );
}

const hasChanges = ({ loud }: VendorChanges): boolean => loud.length > 0;

/** What has become of the plan, and what a person can do about it. */
function StandingPart({ tenant, planId, state, plan }: ReadyPlanProps) {
  const { standing } = state;
  const [rollout] = standing.rollouts;
  if (rollout?.phase === "awaiting-approval")
    return <DecisionPanel tenant={tenant} plan={plan} standing={standing} rolloutId={rollout.id} />;
  if (rollout !== undefined) return <UsedNote tenant={tenant} rollout={rollout} />;
  if (standOf(state) === "stale") return <StaleNote tenant={tenant} standing={standing} />;
  return <WaitingNote tenant={tenant} planId={planId} standing={standing} />;
}

const Prose = ({ text }: { readonly text: string }) => (
  <details>
    <summary className="w-fit rounded-xs text-ink-soft hover:text-ink">The same in prose, for a message</summary>
    <div className="pt-3">
      <Code label="the plan in prose" text={text} />
    </div>
  </details>
);
