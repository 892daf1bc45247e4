import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { Subject } from "../../shell/subject.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Time, ZoneProvider } from "../../ui/time.tsx";
import { BigClock } from "./clock.tsx";
import { IncidentActions } from "./incident-actions.tsx";
import { useDeployment } from "../deployment/use-deployment.ts";
import { RollBack } from "./roll-back.tsx";
import { Runbook } from "./runbook.tsx";
import { SeverityBadge } from "./severity-badge.tsx";
import { StackStep } from "./stack-step.tsx";
import { Story } from "./story.tsx";
import { type IncidentDetail, presentStack, type StackName, stackTitles } from "./words.ts";

const route = getRouteApi("/frame/t/$tenant/incidents/$incident");

/** One incident, walked from the first stack to the last. */
export function IncidentPage() {
  const { tenant, incident: id } = route.useParams();
  const { refetchInterval } = useLive(["incident"], tenant);
  const incident = useQuery({ ...read("/v1/incidents/{id}", { tenant, path: { id } }), refetchInterval });
  return (
    <Page>
      <Loaded of={incident} skeleton={<IncidentSkeleton tenant={tenant} />}>
        {(data) => <Incident tenant={tenant} incident={data} />}
      </Loaded>
    </Page>
  );
}

function Incident({ tenant, incident }: { readonly tenant: string; readonly incident: IncidentDetail }) {
  const { stack = presentStack(incident) } = route.useSearch();
  const { standing } = useDeployment(tenant, incident.deploymentName);
  return (
    <ZoneProvider value={standing?.timeZone ?? null}>
      <PageHeader
        title={incident.summary}
        trail={<Trail tenant={tenant} deployment={incident.deploymentName} />}
        badges={
          <>
            <SeverityBadge severity={incident.severity} />
            {incident.state === "resolved" && <Badge tone="good">resolved</Badge>}
            {incident.state === "concluded" && <Badge tone="bad">cause found</Badge>}
          </>
        }
        lead={
          <>
            Opened by <Subject tenant={tenant} of={incident.openedBy} />, <Time at={incident.openedAt} />
          </>
        }
        actions={
          <>
            <IncidentActions tenant={tenant} incident={incident} />
            {incident.state !== "resolved" && <RollBack tenant={tenant} deployment={incident.deploymentName} />}
          </>
        }
      />
      <Clocks incident={incident} />
      <Outcome incident={incident} />
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_21rem]">
        <Walk tenant={tenant} incident={incident} stack={stack} />
        <div className="grid gap-6">
          <Runbook stack={stack} />
          <Section title="What happened">
            <Story tenant={tenant} incident={incident} />
          </Section>
        </div>
      </div>
    </ZoneProvider>
  );
}

function Trail({ tenant, deployment }: { readonly tenant: string; readonly deployment?: string }) {
  return (
    <>
      <Link to="/t/$tenant/incidents" params={{ tenant }}>
        Incidents
      </Link>
      {deployment !== undefined && (
        <>
          <span aria-hidden="true">/</span>
          <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment }}>
            {deployment}
          </Link>
        </>
      )}
    </>
  );
}

function Clocks({ incident }: { readonly incident: IncidentDetail }) {
  const present = presentStack(incident);
  const diagnosis = incident.stacks.find(({ stack }) => stack === present);
  const isRunning = diagnosis?.state === "diagnosing" || diagnosis?.state === "concluded";
  const limit = incident.severity === "sev-1" ? "15 minutes at SEV-1" : "30 minutes at SEV-2";
  const stopped = { startedAt: null, dueAt: null, endedAt: null };
  return (
    <div className="grid gap-x-8 gap-y-4 rounded-lg border border-line bg-surface p-4 sm:grid-cols-2">
      <BigClock
        label="Resolution"
        limit={`Callers are to be served again within ${limit}`}
        span={{ startedAt: incident.openedAt, dueAt: incident.resolutionDueAt, endedAt: incident.resolvedAt }}
      />
      <BigClock
        label={`Diagnosis: ${stackTitles[present].toLowerCase()}`}
        limit={LIMITS[present]}
        span={isRunning ? { ...diagnosis, endedAt: diagnosis.endedAt ?? incident.resolvedAt } : stopped}
      />
    </div>
  );
}

const LIMITS: Readonly<Record<StackName, string>> = {
  telephony: "To be cleared or concluded within 5 minutes",
  audio: "To be cleared or concluded within 10 minutes",
  intelligence: "To be cleared or concluded within 15 minutes",
  output: "To be cleared or concluded within 10 minutes",
};

function Outcome({ incident: { cause, resolution, state } }: { readonly incident: IncidentDetail }) {
  if (cause === null && resolution === null) return null;
  return (
    <Note
      tone={state === "resolved" ? "good" : "bad"}
      title={cause === null ? "No cause was found" : `Cause: ${cause}`}
    >
      {resolution !== null && <p>Resolved: {resolution}</p>}
      {resolution === null && <p>Resolve the incident when callers are served again.</p>}
    </Note>
  );
}

interface WalkProps {
  readonly tenant: string;
  readonly incident: IncidentDetail;
  readonly stack: StackName;
}

const HEALTH_MS = 30_000;

/** The four stacks in order; one is open at a time, and its address can be sent to somebody. */
function Walk({ tenant, incident, stack }: WalkProps) {
  const navigate = useNavigate();
  const path = { reference: incident.deploymentName };
  const health = useQuery({
    ...read("/v1/deployments/{reference}/health", { tenant, path, query: {} }),
    refetchInterval: HEALTH_MS,
  });
  const series = useQuery({
    ...read("/v1/deployments/{reference}/health-series", { tenant, path, query: {} }),
    refetchInterval: 2 * HEALTH_MS,
  });
  const open = (chosen: StackName): void =>
    void navigate({
      to: "/t/$tenant/incidents/$incident",
      params: { tenant, incident: incident.id },
      search: { stack: chosen },
      replace: true,
      resetScroll: false,
    });
  return (
    <Section title="The walk">
      <ol className="grid gap-2">
        {incident.stacks.map((diagnosis, index) => (
          <StackStep
            key={diagnosis.stack}
            tenant={tenant}
            incident={incident}
            diagnosis={diagnosis}
            position={index + 1}
            health={health.data?.stacks.find((each) => each.stack === diagnosis.stack)}
            series={series.data}
            isOpen={diagnosis.stack === stack}
            onOpen={() => open(diagnosis.stack)}
          />
        ))}
      </ol>
    </Section>
  );
}

const IncidentSkeleton = ({ tenant }: { readonly tenant: string }) => (
  <div className="grid gap-6">
    <PageHeader title="Incident" trail={<Trail tenant={tenant} />} />
    <Skeleton height="7rem" />
    <div className="grid gap-2">
      {[0, 1, 2, 3].map((each) => (
        <Skeleton key={each} height="4rem" />
      ))}
    </div>
  </div>
);
