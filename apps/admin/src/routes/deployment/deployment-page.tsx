import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { useTenantName } from "../../shell/current-tenant.ts";
import { Badge } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { ZoneProvider } from "../../ui/time.tsx";
import { BackButton } from "./back-button.tsx";
import { WayBack } from "./back-words.tsx";
import { DeploymentSkeleton } from "./deployment-skeleton.tsx";
import { DivertButton } from "./divert-button.tsx";
import { DriftPart } from "./drift-part.tsx";
import { KpiTiles } from "./kpi-tiles.tsx";
import { Notices } from "./notices.tsx";
import { movesQuery, PointerHistory } from "./pointer-history.tsx";
import { RecentRollouts } from "./recent-rollouts.tsx";
import { RollOutButton } from "./roll-out-button.tsx";
import { SlotCard } from "./slot-card.tsx";
import { TrafficBar } from "./traffic-bar.tsx";
import { type Subject, useDeployment } from "./use-deployment.ts";
import { WaitingList } from "./waiting-list.tsx";

const route = getRouteApi("/frame/t/$tenant/d/$deployment");

/** What callers of one deployment reach, and the way forward and back. */
export function DeploymentPage() {
  const { tenant, deployment: reference } = route.useParams();
  const { deployment, standing } = useDeployment(tenant, reference);
  if (deployment.data === undefined && deployment.error !== null)
    return (
      <Page>
        <PageHeader title={reference} trail={<Trail tenant={tenant} />} />
        <ErrorState error={deployment.error} onRetry={() => void deployment.refetch()} />
      </Page>
    );
  return (
    <Loaded of={deployment} skeleton={<DeploymentSkeleton name={reference} />}>
      {(known) => (
        <ZoneProvider value={standing?.timeZone ?? null}>
          <Known tenant={tenant} deployment={known} standing={standing} />
        </ZoneProvider>
      )}
    </Loaded>
  );
}

function Known(subject: Subject) {
  const { tenant, deployment } = subject;
  return (
    <Page>
      <PageHeader
        title={deployment.name}
        trail={<Trail tenant={tenant} />}
        badges={<Badge>{deployment.environment}</Badge>}
        lead={
          <>
            <Link to="/playbooks/$name" params={{ name: deployment.playbook }}>
              {deployment.playbook}
            </Link>
            {deployment.number === null ? ", no number yet" : ` on ${deployment.number}`}
          </>
        }
        actions={<Actions {...subject} />}
      />
      <Parts {...subject} />
      <Notices {...subject} />
      <Slots {...subject} />
      <KpiTiles {...subject} />
      <DriftPart tenant={tenant} deployment={deployment} />
      <WaitingList tenant={tenant} deploymentId={deployment.id} />
      <div className="grid items-start gap-6 lg:grid-cols-2 lg:gap-8">
        <PointerHistory tenant={tenant} deploymentId={deployment.id} />
        <RecentRollouts tenant={tenant} deploymentId={deployment.id} />
      </div>
    </Page>
  );
}

function Trail({ tenant }: { readonly tenant: string }) {
  const name = useTenantName(tenant);
  return (
    <Link to="/" search={{ tenant }}>
      {name}
    </Link>
  );
}

/** Back and away from agents first on phones: those are what one comes for in a hurry. */
const Actions = (subject: Subject) => (
  <div className="flex flex-wrap items-center gap-2 max-sm:w-full max-sm:*:grow">
    <DivertButton {...subject} />
    <BackButton {...subject} />
    <RollOutButton {...subject} />
  </div>
);

const PARTS = [
  ["/t/$tenant/d/$deployment/configure", "Configure"],
  ["/t/$tenant/d/$deployment/calls", "Calls"],
  ["/t/$tenant/d/$deployment/kpis", "KPIs"],
] as const;

/** The deployment's other pages. */
const Parts = ({ tenant, deployment: { name } }: Subject) => (
  <nav aria-label="Of this deployment" className="-mt-3 flex gap-4 border-b border-line pb-2">
    {PARTS.map(([to, label]) => (
      <Link key={to} to={to} params={{ tenant, deployment: name }}>
        {label}
      </Link>
    ))}
  </nav>
);

function Slots(subject: Subject) {
  const { tenant, deployment } = subject;
  const { data: moves } = useInfiniteQuery(movesQuery(tenant, deployment.id));
  const { data: rollouts } = useQuery(
    read("/v1/deployments/{reference}/rollouts", { tenant, path: { reference: deployment.id }, query: { limit: 20 } }),
  );
  const movedAt = moves?.find(({ cause }) => cause === "switch" || cause === "rollback")?.at ?? null;
  return (
    <Section title="Slots">
      <div className="grid gap-3">
        <TrafficBar pointer={deployment.pointer} />
        <div className="grid gap-3 sm:grid-cols-2">
          {(["blue", "green"] as const).map((slot) => (
            <SlotCard key={slot} slot={slot} rollouts={rollouts?.items ?? []} movedAt={movedAt} {...subject} />
          ))}
        </div>
        {deployment.pointer.active !== "none" && (
          <p className="text-sm text-ink-soft">
            <WayBack deployment={deployment} />
          </p>
        )}
      </div>
    </Section>
  );
}
