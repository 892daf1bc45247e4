import { infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import type { Filter, OverviewRow } from "./filter.ts";

type Page = Schemas["Overview"];
/** Rows of one read; the page asks for more as one scrolls. */
const PAGE = 100;
/** The most that the server gives at once; no tenant has more deployments that one looks at. */
const OF_TENANT = 200;

/** The deployments that a filter lets pass, page by page. Its key is none of "api": hints patch its rows instead of reading all pages anew. */
export const overviewPages = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ["overview", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/overview", {
        query: { ...filter, limit: PAGE, ...(pageParam !== null && { after: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ next }) => next,
    staleTime: 5000,
  });

/** Reads the rows of one tenant anew and puts them where they stand in every list; nothing is moved, added or taken away. */
export async function renewTenant(client: QueryClient, tenant: string): Promise<void> {
  const { items } = await api.get("/v1/overview", { query: { tenant, limit: OF_TENANT } });
  const fresh = new Map(items.map((row) => [row.id, row]));
  client.setQueriesData<{ pages: readonly Page[]; pageParams: readonly unknown[] }>(
    { queryKey: ["overview"] },
    (known) => known && { ...known, pages: known.pages.map((page) => renewed(page, fresh)) },
  );
}

/** The page with the rows that are known better; the same object when none of them is on it. Exported for tests. */
export function renewed(page: Page, fresh: ReadonlyMap<string, OverviewRow>): Page {
  if (!page.items.some(({ id }) => fresh.has(id))) return page;
  return { ...page, items: page.items.map((row) => fresh.get(row.id) ?? row) };
}
