import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Loaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { ZoneProvider } from "../../ui/time.tsx";
import type { EventLog } from "./event-log.ts";
import { NowPanel } from "./now-panel.tsx";
import { RolloutHead } from "./rollout-head.tsx";
import { RolloutSkeleton } from "./rollout-skeleton.tsx";
import { RolloutTimeline } from "./rollout-timeline.tsx";
import { StageRail } from "./stage-rail.tsx";
import { StageView } from "./stage-view.tsx";
import { hasEnded, type StageName, stageOfInterest, stagesOf, stretchesOf } from "./stages.ts";
import { Story } from "./story.tsx";
import { useRolloutEvents } from "./use-events.ts";
import { useReasons, useRollout } from "./use-rollout.ts";
import type { Rollout, Standing } from "./words.ts";

const route = getRouteApi("/frame/t/$tenant/rollouts/$rollout");

/** A rollout while it goes on, and its story afterwards. */
export function RolloutPage() {
  const { tenant, rollout: id } = route.useParams();
  const { rollout, standing } = useRollout(tenant, id);
  const { log, state } = useRolloutEvents(tenant, id);
  const error = rollout.error ?? standing.error;
  const both =
    rollout.data === undefined || standing.data === undefined
      ? undefined
      : { rollout: rollout.data, standing: standing.data };
  const refetch = () => Promise.all([rollout.refetch(), standing.refetch()]);
  return (
    <Loaded of={{ data: both, error, refetch }} skeleton={<RolloutSkeleton />}>
      {(known) => (
        <ZoneProvider value={known.standing.deployment.timeZone}>
          <Known {...known} tenant={tenant} log={log} isFollowed={state !== "waiting"} />
        </ZoneProvider>
      )}
    </Loaded>
  );
}

interface KnownProps {
  readonly tenant: string;
  readonly rollout: Rollout;
  readonly standing: Standing;
  readonly log: EventLog;
  readonly isFollowed: boolean;
}

function Known({ tenant, rollout, standing, log, isFollowed }: KnownProps) {
  const { stage } = route.useSearch();
  const navigate = useNavigate();
  const reasons = useReasons(tenant);
  const stretches = stretchesOf(log);
  const stages = stagesOf(rollout, stretches);
  const chosen = stages.some(({ name }) => name === stage)
    ? (stage as StageName)
    : stageOfInterest(stages, (rollout.evidence?.comparisons.length ?? 0) > 0);
  const choose = (name: StageName): void =>
    void navigate({ to: ".", search: (before) => ({ ...before, stage: name }), replace: true, resetScroll: false });
  const watched = { tenant, rollout, standing, log, reasons };
  return (
    <Page>
      <RolloutHead {...watched} />
      {hasEnded(rollout.phase) ? <Story {...watched} stretches={stretches} /> : <NowPanel {...watched} />}
      <StageRail stages={stages} chosen={chosen} onChoose={choose} />
      <div className="grid items-start gap-x-8 gap-y-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <StageView stage={chosen} stages={stages} {...watched} />
        <RolloutTimeline
          tenant={tenant}
          log={log}
          reasons={reasons}
          isFollowed={isFollowed}
          hasEnded={hasEnded(rollout.phase)}
        />
      </div>
    </Page>
  );
}

/** What every part of the page is about. */
export type Watched = Pick<KnownProps, "tenant" | "rollout" | "standing" | "log"> & {
  readonly reasons: ReturnType<typeof useReasons>;
};
