import { QueryClient, queryOptions } from "@tanstack/react-query";
import { api, type RequestOptions } from "./client.ts";
import type { InputOf, PathWith } from "./operation.ts";
import { ApiProblem } from "./problem.ts";

/** Key of everything read from the API: tenant (null: platform), address, parameters. */
export type ApiKey = readonly ["api", tenant: string | null, path: string, input: unknown];

/**
 * A read for `useQuery`, `useSuspenseQuery` and loaders, keyed so that live hints find it:
 * `useQuery(read("/v1/plans/{id}", { path: { id }, tenant }))`.
 */
export function read<P extends PathWith<"get">>(path: P, input: InputOf<"get", P> & Omit<RequestOptions, "signal">) {
  const { tenant, ...rest } = input as RequestOptions & Record<string, unknown>;
  return queryOptions({
    queryKey: ["api", tenant ?? null, path, rest] satisfies ApiKey,
    queryFn: ({ signal }) => api.get(path, { ...input, signal } as never),
  });
}

/** As `read`, with the ETag that a later write names in `ifMatch`. */
export function readVersioned<P extends PathWith<"get">>(
  path: P,
  input: InputOf<"get", P> & Omit<RequestOptions, "signal">,
) {
  const { tenant, ...rest } = input as RequestOptions & Record<string, unknown>;
  return queryOptions({
    queryKey: ["api", tenant ?? null, path, { ...rest, versioned: true }] satisfies ApiKey,
    queryFn: ({ signal }) => api.versioned(path, { ...input, signal } as never),
  });
}

/** All lists are pages of this shape. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

const RETRIES = 3;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        gcTime: 10 * 60_000,
        retry: (count, error) => count < RETRIES && error instanceof ApiProblem && error.isTransient,
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 10_000),
      },
      mutations: { retry: false },
    },
  });
}
