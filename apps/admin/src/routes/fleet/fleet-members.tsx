import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { usePlatformRefusal } from "../../shell/permission.ts";
import { useSession } from "../../shell/session.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Hash } from "../../ui/code.tsx";
import { Select } from "../../ui/input.tsx";
import { Link } from "../../ui/link.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { SkipDialog } from "./skip-dialog.tsx";
import {
  type FleetDetail,
  lookInterval,
  type Member,
  MEMBER_STATES,
  MEMBER_TONES,
  MEMBER_WORDS,
  type MemberState,
} from "./words.ts";

const route = getRouteApi("/frame/fleet/$fleet");

/** States in which a member has not begun: it can be left out. */
const isBefore = ({ state }: Member): boolean => state === "pending" || state === "waiting";

const columnsOf = (onSkip: ((member: Member) => void) | null): readonly Column<Member>[] => [
  {
    name: "deployment",
    header: "Deployment",
    cell: (member) => <Name member={member} />,
  },
  {
    name: "state",
    header: "State",
    width: "8rem",
    cell: ({ state }) => <StatusDot tone={MEMBER_TONES[state]}>{MEMBER_WORDS[state]}</StatusDot>,
  },
  {
    name: "wave",
    header: "Wave",
    width: "4.5rem",
    align: "end",
    from: "sm",
    cell: ({ wavePosition }) => wavePosition + 1,
  },
  {
    name: "why",
    header: "Why",
    from: "md",
    cell: ({ reason, detail }) =>
      reason === null ? "–" : <span title={detail ?? reason}>{detail ?? reason.replaceAll("-", " ")}</span>,
  },
  {
    name: "rollout",
    header: "Rollout",
    width: "7rem",
    cell: (member) => <Rollout member={member} onSkip={onSkip} />,
  },
  { name: "ended", header: "Ended", width: "10rem", from: "lg", cell: ({ endedAt }) => <Time at={endedAt} /> },
];

/** Every deployment of the fleet rollout, by state where one is asked for. */
export function FleetMembers({ fleet: known }: { readonly fleet: FleetDetail }) {
  const { id: fleet, state: standing } = known;
  const refusal = usePlatformRefusal("platform");
  const [skipped, setSkipped] = useState<Member | null>(null);
  const isOpen = standing === "running" || standing === "paused";
  const { state } = route.useSearch();
  useLive(["rollout"]);
  const query = { limit: 100, ...(state !== undefined && { state }) };
  const members = useInfiniteQuery({
    ...readPages("/v1/fleet-rollouts/{id}/members", { path: { id: fleet }, query }),
    refetchInterval: lookInterval([known]),
  });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = members;
  const maySkip = refusal === null && isOpen;
  return (
    <Section title="Deployments" actions={<StateChoice state={state} />}>
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <EmptyState title="None in this state" />
      ) : (
        <Table
          label="Deployments of the fleet rollout"
          columns={columnsOf(maySkip ? setSkipped : null)}
          rows={data ?? []}
          keyOf={({ deploymentId }) => deploymentId}
          loadingRows={data === undefined ? 8 : 0}
          onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
      {skipped !== null && <SkipDialog key={skipped.deploymentId} member={skipped} onClose={() => setSkipped(null)} />}
    </Section>
  );
}

function StateChoice({ state }: { readonly state: MemberState | undefined }) {
  const navigate = useNavigate();
  return (
    <div className="w-44">
      <Select
        aria-label="State"
        value={state ?? ""}
        onChange={({ target: { value } }) =>
          void navigate({
            to: ".",
            search: (before) => ({ ...before, state: value === "" ? undefined : (value as MemberState) }),
            replace: true,
            resetScroll: false,
          })
        }
      >
        <option value="">Every state</option>
        {MEMBER_STATES.map((each) => (
          <option key={each} value={each}>
            {MEMBER_WORDS[each]}
          </option>
        ))}
      </Select>
    </div>
  );
}

/** Whether the reader may go to the tenant's pages: whoever looks after the platform belongs to few of them. */
function useBelongs(tenant: string): boolean {
  return useSession().tenants.items.some(({ slug }) => slug === tenant);
}

function Name({ member: { tenant, name } }: { readonly member: Member }) {
  if (!useBelongs(tenant)) return `${tenant} / ${name}`;
  return (
    <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment: name }}>
      {`${tenant} / ${name}`}
    </Link>
  );
}

interface RolloutProps {
  readonly member: Member;
  readonly onSkip: ((member: Member) => void) | null;
}

/** Its rollout, or the way to leave it out as long as there is none. */
function Rollout({ member, onSkip }: RolloutProps) {
  const { tenant, name, rolloutId } = member;
  const belongs = useBelongs(tenant);
  if (onSkip !== null && isBefore(member))
    return (
      <Button size="small" aria-label={`Leave out ${tenant} / ${name}`} onClick={() => onSkip(member)}>
        Leave out
      </Button>
    );
  if (rolloutId === null) return <span className="text-ink-faint">–</span>;
  if (!belongs) return <Hash value={rolloutId} />;
  return (
    <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: rolloutId }}>
      <Hash value={rolloutId} />
    </Link>
  );
}
