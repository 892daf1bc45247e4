import { useQuery } from "@tanstack/react-query";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { hasEnded } from "./stages.ts";

/** Figures of calls move without an event. */
const FIGURES_MS = 4000;
const DAY_MS = 86_400_000;

/** The rollout with where it stands for whoever looks. Both stay fresh by themselves. */
export function useRollout(tenant: string, id: string) {
  useLive(["rollout"], tenant);
  const rollout = useQuery({
    ...read("/v1/rollouts/{id}", { tenant, path: { id } }),
    refetchInterval: ({ state: { data } }) => (data !== undefined && hasEnded(data.phase) ? false : FIGURES_MS),
  });
  const standing = useQuery({
    ...read("/v1/rollouts/{id}/standing", { tenant, path: { id } }),
    refetchInterval: ({ state: { data } }) => (data !== undefined && hasEnded(data.phase) ? false : FIGURES_MS),
  });
  return { rollout, standing };
}

/** What reason codes stand for; an empty map until they are known. */
export function useReasons(tenant: string) {
  const { data } = useQuery({ ...read("/v1/reasons", { tenant }), staleTime: DAY_MS });
  return new Map(data?.items.map((each) => [each.code, each]));
}

export type ReasonMap = ReturnType<typeof useReasons>;
