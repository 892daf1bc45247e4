import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { readPages } from "../../api/page-list.ts";
import type { EventLog } from "./event-log.ts";
import { type Look, lookOf, looksOf, mergedLooks, withLook } from "./measures.ts";
import type { Rollout } from "./words.ts";

/**
 * The looks that are kept, those that the timeline tells, and what has been seen since the page was opened; none while the kept ones are
 * being read, or a line would grow under the reader.
 */
export function useLooks(tenant: string, { evidence, id }: Rollout, log: EventLog): readonly Look[] {
  const kept = useKeptLooks(tenant, id);
  const [seen, setSeen] = useState<readonly Look[]>([]);
  useEffect(() => setSeen([]), [id]);
  useEffect(() => {
    if (evidence === null) return;
    setSeen((before) => withLook(before, { atMs: evidence.window?.toMs ?? Date.now(), verdict: evidence }));
  }, [evidence]);
  return kept === null ? [] : mergedLooks(kept, looksOf(log), seen);
}

/** All pages, a few at the most: looks are kept some hundred times in a watch. What comes later is seen as it comes. Null: not read yet. */
function useKeptLooks(tenant: string, id: string): readonly Look[] | null {
  const { data, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...readPages("/v1/rollouts/{id}/evidence", { tenant, path: { id }, query: { limit: 200 } }),
    staleTime: 5 * 60_000,
  });
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return isPending ? null : (data ?? []).map(lookOf);
}
