import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { read } from "../../api/query.ts";
import type { Filter } from "./filter.ts";

/** Deployments by state that the filter, the state aside, lets pass; read anew by itself, without its rows. */
export function useCounts(filter: Filter): Readonly<Record<string, number>> | undefined {
  const { data } = useQuery({
    ...read("/v1/overview", { query: { ...filter, state: undefined, sort: undefined, limit: 1 } }),
    placeholderData: keepPreviousData,
  });
  return data?.counts;
}
