import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, type RequestOptions } from "./client.ts";
import type { AnswerOf, InputOf, PathWith } from "./operation.ts";
import type { ApiKey, Page } from "./query.ts";

type PagedPath = {
  [P in PathWith<"get">]: AnswerOf<"get", P> extends Page<unknown> ? P : never;
}[PathWith<"get">];
type ItemOf<P extends PagedPath> = AnswerOf<"get", P> extends Page<infer Item> ? Item : never;

/**
 * A list that is read page by page, for `useInfiniteQuery`; `data` is the flat list of what has been read:
 * `useInfiniteQuery(readPages("/v1/deployments", { tenant, query: { limit: 100 } }))`.
 */
export function readPages<P extends PagedPath>(path: P, input: InputOf<"get", P> & Omit<RequestOptions, "signal">) {
  const { tenant, query, ...rest } = input as RequestOptions & { query?: Record<string, unknown> };
  return infiniteQueryOptions({
    queryKey: ["api", tenant ?? null, path, { ...rest, query, pages: true }] satisfies ApiKey,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam };
      const page = await api.get(path, { ...input, query: { ...query, ...cursor }, signal } as never);
      return page as unknown as Page<ItemOf<P>>;
    },
    getNextPageParam: (last) => last.next,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}
