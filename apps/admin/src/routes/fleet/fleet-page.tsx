import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { Subject } from "../../shell/subject.tsx";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Time } from "../../ui/time.tsx";
import { FleetButtons } from "./fleet-buttons.tsx";
import { FleetMembers } from "./fleet-members.tsx";
import { FleetWaves } from "./fleet-waves.tsx";
import { FLEET_TONES, type FleetDetail, lookInterval } from "./words.ts";

const route = getRouteApi("/frame/fleet/$fleet");

/** One version on its way to many deployments. */
export function FleetPage() {
  const { fleet: id } = route.useParams();
  useLive(["rollout"]);
  const fleet = useQuery({
    ...read("/v1/fleet-rollouts/{id}", { path: { id } }),
    refetchInterval: ({ state: { data } }) => data !== undefined && lookInterval([data]),
  });
  return (
    <Loaded of={fleet}>
      {(known) => (
        <Page>
          <Head fleet={known} />
          {known.reason !== null && (
            <Note tone={known.state === "paused" ? "warn" : "neutral"} title={known.reason.detail || known.reason.code}>
              {known.reason.nextAction}
            </Note>
          )}
          <FleetWaves fleet={known} />
          <FleetMembers fleet={known} />
        </Page>
      )}
    </Loaded>
  );
}

const Head = ({ fleet }: { readonly fleet: FleetDetail }) => (
  <PageHeader
    trail={<Link to="/fleet">Fleet rollouts</Link>}
    title={`${fleet.playbook} ${fleet.version} to the fleet`}
    badges={
      <Badge tone={FLEET_TONES[fleet.state]}>
        <StatusDot tone={FLEET_TONES[fleet.state]}>{fleet.state}</StatusDot>
      </Badge>
    }
    lead={
      <>
        Started by <Subject tenant={null} of={fleet.createdBy} /> <Time at={fleet.createdAt} />
        {fleet.endedAt !== null && (
          <>
            , ended <Time at={fleet.endedAt} />
          </>
        )}
      </>
    }
    actions={<FleetButtons fleet={fleet} />}
  />
);
