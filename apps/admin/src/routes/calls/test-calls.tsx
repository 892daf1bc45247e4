import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { TestCallForm } from "./test-call-form.tsx";
import { TestCallRow } from "./test-call-row.tsx";
import type { KnownRelease } from "./use-releases.ts";

const route = getRouteApi("/frame/t/$tenant/d/$deployment/calls");

/** A call under way tells what is new this often. */
const LOOK_MS = 1500;

/** Scripted calls to either slot: ask for one, follow it, and read what earlier ones came to. */
export function TestCalls({ releases }: { readonly releases: readonly KnownRelease[] }) {
  const { tenant, deployment } = route.useParams();
  const { test } = route.useSearch();
  const navigate = route.useNavigate();
  const { refetchInterval } = useLive(["session", "deployment"], tenant);
  const calls = useInfiniteQuery({
    ...readPages("/v1/deployments/{reference}/test-calls", {
      tenant,
      path: { reference: deployment },
      query: { limit: 10 },
    }),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((each) => each.state === "pending")) ? LOOK_MS : refetchInterval,
  });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = calls;
  const show = (id: string | undefined): void =>
    void navigate({
      search: (before) => ({ ...before, test: id }),
      replace: true,
    });
  const isUnderWay = data?.some(({ state }) => state === "pending") ?? false;
  return (
    <div className="grid gap-6">
      <TestCallForm
        tenant={tenant}
        deployment={deployment}
        releases={releases}
        isUnderWay={isUnderWay}
        onAsked={({ id }) => show(id)}
      />
      <Section title="Latest test calls">
        {data === undefined && error === null && <SkeletonLines count={4} />}
        {data === undefined && error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
        {data?.length === 0 && (
          <EmptyState title="No test call yet">
            What both sides heard, and how long each answer took, stands here when one is over.
          </EmptyState>
        )}
        {data !== undefined && data.length > 0 && (
          <div className="divide-y divide-line rounded-lg border border-line bg-surface">
            {data.map((call) => (
              <TestCallRow
                key={call.id}
                tenant={tenant}
                call={call}
                releases={releases}
                isOpen={call.id === test}
                onToggle={(isOpen) => show(isOpen ? call.id : undefined)}
              />
            ))}
          </div>
        )}
        {hasNextPage && (
          <div>
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Earlier ones
            </Button>
          </div>
        )}
      </Section>
    </div>
  );
}
