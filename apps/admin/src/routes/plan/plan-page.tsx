import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { useVendors } from "../../api/vendors.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { InDeploymentZone } from "../deployment/deployment-zone.tsx";
import { FailedPlan } from "./failed-plan.tsx";
import { PendingPlan } from "./pending-plan.tsx";
import { PlanHeader } from "./plan-header.tsx";
import type { PlanState } from "./plan.ts";
import { ReadyPlan } from "./ready-plan.tsx";

const route = getRouteApi("/frame/t/$tenant/plans/$plan");
/** A plan in the making is asked for this often, whether or not hints arrive. */
const POLL_MS = 1500;

/** What a rollout would do: to callers first, then vendor by vendor. */
export function PlanPage() {
  const { tenant, plan: id } = route.useParams();
  const { refetchInterval } = useLive(["plan", "rollout", "deployment", "manifest"], tenant);
  const plan = useQuery({
    ...read("/v1/plans/{id}", { tenant, path: { id } }),
    refetchInterval: ({ state }) => (state.data?.state === "pending" ? POLL_MS : refetchInterval),
  });
  useVendors(tenant); // asked for beside the plan, whose headings name them
  return (
    <Page>
      {plan.data === undefined ? (
        <>
          <PageHeader title="Plan" />
          <Loaded of={plan}>{() => null}</Loaded>
        </>
      ) : (
        <InDeploymentZone tenant={tenant} reference={plan.data.standing.deployment.id}>
          <PlanHeader tenant={tenant} planId={id} state={plan.data} />
          <PlanBody tenant={tenant} planId={id} state={plan.data} />
        </InDeploymentZone>
      )}
    </Page>
  );
}

interface PlanBodyProps {
  readonly tenant: string;
  readonly planId: string;
  readonly state: PlanState;
}

function PlanBody({ tenant, planId, state }: PlanBodyProps) {
  if (state.state === "failed") return <FailedPlan tenant={tenant} state={state} />;
  if (state.plan === undefined) return <PendingPlan standing={state.standing} />;
  return <ReadyPlan tenant={tenant} planId={planId} state={state} plan={state.plan} />;
}
