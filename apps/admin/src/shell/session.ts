import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import type { Schemas } from "../api/generated/schema.ts";

export type BrowserSession = Schemas["BrowserSession"];
export type PersonTenant = Schemas["PersonTenant"];

/** Who is signed in; outside of the "api" keys, because what changes in a tenant does not change it. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => api.get("/v1/session", { signal }),
  staleTime: 60_000,
});

export const useSession = (): BrowserSession => useSuspenseQuery(sessionQuery).data;

/** One tenant as the signed-in person sees it. */
export const tenantQuery = (slug: string) =>
  queryOptions({
    queryKey: ["session", "tenant", slug],
    queryFn: async ({ client, signal }): Promise<PersonTenant | null> => {
      const { tenants } = await client.ensureQueryData(sessionQuery);
      const known = tenants.items.find((each) => each.slug === slug);
      if (known !== undefined || tenants.next === null) return known ?? null;
      const found = await api.get("/v1/session/tenants", { query: { search: slug, limit: 200 }, signal });
      return found.items.find((each) => each.slug === slug) ?? null;
    },
    staleTime: 60_000,
  });
