import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { read } from "../../api/query.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Hash } from "../../ui/code.tsx";
import { Select } from "../../ui/input.tsx";
import { Link } from "../../ui/link.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { type Member, MEMBER_STATES, MEMBER_TONES, MEMBER_WORDS, type MemberState } from "./words.ts";

const route = getRouteApi("/frame/fleet/$fleet");

const columns: readonly Column<Member>[] = [
  { name: "tenant", header: "Tenant", width: "12rem", cell: (member) => <Tenant member={member} /> },
  {
    name: "state",
    header: "State",
    width: "9rem",
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
  { name: "rollout", header: "Rollout", width: "7.5rem", from: "sm", cell: (member) => <Rollout member={member} /> },
  { name: "ended", header: "Ended", width: "10rem", from: "lg", cell: ({ endedAt }) => <Time at={endedAt} /> },
];

/** Every deployment of the fleet rollout, by state where one is asked for. */
export function FleetMembers({ fleet }: { readonly fleet: string }) {
  const { state } = route.useSearch();
  const { refetchInterval } = useLive(["rollout"]);
  const query = { limit: 100, ...(state !== undefined && { state }) };
  const members = useInfiniteQuery({
    ...readPages("/v1/fleet-rollouts/{id}/members", { path: { id: fleet }, query }),
    refetchInterval,
  });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = members;
  return (
    <Section title="Deployments" actions={<StateChoice state={state} />}>
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <EmptyState title="None in this state" />
      ) : (
        <Table
          label="Deployments of the fleet rollout"
          columns={columns}
          rows={data ?? []}
          keyOf={({ deploymentId }) => deploymentId}
          loadingRows={data === undefined ? 8 : 0}
          onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
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

/** A member names its tenant by id; people know its slug. */
function useTenantSlug(tenantId: string): string | null {
  const { data } = useQuery({ ...read("/v1/tenants/{id}", { path: { id: tenantId } }), staleTime: 600_000 });
  return data?.slug ?? null;
}

function Tenant({ member: { tenantId } }: { readonly member: Member }) {
  return useTenantSlug(tenantId) ?? <Hash value={tenantId} />;
}

function Rollout({ member: { tenantId, rolloutId, begunAt } }: { readonly member: Member }) {
  const tenant = useTenantSlug(tenantId);
  if (rolloutId === null || begunAt === null) return <span className="text-ink-faint">–</span>;
  if (tenant === null) return <Hash value={rolloutId} />;
  return (
    <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: rolloutId }}>
      <Hash value={rolloutId} />
    </Link>
  );
}
