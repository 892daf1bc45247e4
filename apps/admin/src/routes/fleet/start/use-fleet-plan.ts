import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import type { ApiKey } from "../../../api/query.ts";
import { useSettled } from "../../../ui/use-settled.ts";
import { type FleetDraft, type FleetPlan, type FleetWish, narrowed, wishOf } from "./fleet-draft.ts";

const TYPING_MS = 300;

/** Key of every plan of a fleet. */
export const PLANS = ["api", null, "/v1/fleet-rollouts/preview"] as const;

/** The plan of a wish: which deployment would move in which wave. Changes nothing. */
const planQuery = (wish: FleetWish) =>
  queryOptions({
    queryKey: [...PLANS, wish] satisfies ApiKey,
    queryFn: ({ signal }): Promise<FleetPlan> => api.post("/v1/fleet-rollouts/preview", { body: wish, signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });

/**
 * Who would move in which wave as the draft stands: `all` without what is left out by hand, `plan` with it. Asked anew when typing pauses,
 * and not at all while something is wrong with the draft. `isSettled`: the plan is that of this very draft.
 */
export function useFleetPlan(draft: FleetDraft, isWrong: boolean) {
  const asked = useSettled(draft, TYPING_MS);
  const wish = wishOf(asked);
  const isAsked = !isWrong && asked.version !== "";
  const all = useQuery({ ...planQuery(wish), enabled: isAsked });
  const some = narrowed(wish, asked.leftOut, all.data);
  const isNobody = some.deploymentIds?.length === 0;
  const plan = useQuery({ ...planQuery(some), enabled: isAsked && !isNobody && all.data !== undefined });
  return {
    all: all.data,
    plan,
    wish: some,
    isNobody,
    isSettled: asked === draft && !plan.isPlaceholderData && !plan.isFetching && !all.isPlaceholderData,
    error: all.error ?? plan.error,
  };
}
