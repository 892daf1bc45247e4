import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Schemas } from "../../api/generated/schema.ts";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { type Slot, SlotBadge } from "../../ui/slot-badge.tsx";
import { Skeleton, SkeletonLines } from "../../ui/skeleton.tsx";
import { Time, ZoneProvider } from "../../ui/time.tsx";
import { AnswerTimes } from "./answer-times.tsx";
import { CallFacts } from "./call-facts.tsx";
import { CallEvents } from "./call-events.tsx";
import { CallFigures } from "./call-figures.tsx";
import { Conversation } from "./conversation.tsx";
import { outcomeOf } from "./outcomes.ts";
import { useReleases } from "./use-releases.ts";

const route = getRouteApi("/frame/t/$tenant/calls/$session");
type Call = Schemas["SessionDetail"];

/** One call turn by turn: what was said, where the time went, which tools and providers took part, what else happened. */
export function CallPage() {
  const { tenant, session } = route.useParams();
  const { refetchInterval } = useLive(["session"], tenant);
  const call = useQuery({ ...read("/v1/sessions/{session}", { tenant, path: { session } }), refetchInterval });
  return (
    <Loaded of={call} skeleton={<CallSkeleton />}>
      {(detail) => <Found tenant={tenant} call={detail} />}
    </Loaded>
  );
}

function Found({ tenant, call }: { readonly tenant: string; readonly call: Call }) {
  const { startedAt, endedAt, disposition, kind, slot, deploymentId, turns } = call;
  const deployment = useQuery({
    ...read("/v1/deployments/{reference}/summary", { tenant, path: { reference: deploymentId } }),
    staleTime: 5 * 60_000,
  });
  const name = deployment.data?.name ?? deploymentId;
  const { known, timeZone } = useReleases(tenant, deploymentId);
  const { words, tone } = outcomeOf(disposition, endedAt);
  return (
    <ZoneProvider value={timeZone}>
      <Page>
        <PageHeader
          title={
            <>
              Call of <Time at={startedAt} show="absolute" />
            </>
          }
          trail={
            <>
              <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment: name }}>
                {deployment.data === undefined ? "Deployment" : name}
              </Link>
              <span aria-hidden="true">/</span>
              <Link to="/t/$tenant/d/$deployment/calls" params={{ tenant, deployment: name }}>
                Calls
              </Link>
            </>
          }
          badges={
            <>
              <Badge tone={tone}>
                <StatusDot tone={tone}>{words}</StatusDot>
              </Badge>
              <SlotBadge slot={slot as Slot} />
              {kind === "trial" && disposition !== "trial" && <Badge>trial</Badge>}
            </>
          }
        />
        <CallFigures call={call} />
        <CallFacts tenant={tenant} deployment={name} call={call} releases={known} />
        {turns.some(({ latency }) => latency !== null) && <AnswerTimes call={call} />}
        <Conversation tenant={tenant} call={call} />
        <CallEvents call={call} />
      </Page>
    </ZoneProvider>
  );
}

const CallSkeleton = () => (
  <Page>
    <PageHeader title="Call" trail={<>&nbsp;</>} />
    <Skeleton height="5.75rem" />
    <SkeletonLines count={8} />
  </Page>
);
