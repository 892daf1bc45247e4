import { useQueries, useQuery } from "@tanstack/react-query";
import { read } from "../../api/query.ts";

/** A release of a deployment as lists and links need it. */
export interface KnownRelease {
  readonly hash: string;
  /** Of its playbook, e.g. `2.1.0`; null while it is not known. */
  readonly version: string | null;
  /** The latest rollout that brought it. */
  readonly rollout: string;
}

export interface Releases {
  /** Latest first. */
  readonly known: readonly KnownRelease[];
  /** Of the deployment's callers; null while it is not known, or where the configuration names none. */
  readonly timeZone: string | null;
}

const MOST = 6;
const KEPT_MS = 5 * 60_000;

/** The latest releases of a deployment, and the zone of its callers. */
export function useReleases(tenant: string, deployment: string): Releases {
  const rollouts = useQuery({
    ...read("/v1/deployments/{reference}/rollouts", { tenant, path: { reference: deployment }, query: { limit: 30 } }),
    staleTime: KEPT_MS,
  });
  const latest = new Map<string, string>();
  for (const { bundleHash, id } of rollouts.data?.items ?? []) if (!latest.has(bundleHash)) latest.set(bundleHash, id);
  const known = [...latest].slice(0, MOST);
  const standings = useQueries({
    queries: known.map(([, id]) => ({
      ...read("/v1/rollouts/{id}/standing", { tenant, path: { id } }),
      staleTime: KEPT_MS,
    })),
  });
  return {
    known: known.map(([hash, rollout], index) => ({
      hash,
      rollout,
      version: standings[index]?.data?.release.version?.split("@").at(-1) ?? null,
    })),
    timeZone: standings.find(({ data }) => data !== undefined)?.data?.deployment.timeZone ?? null,
  };
}

/** "2.1.0 · 3fa9c2d1". */
export const releaseLabel = (hash: string, known: readonly KnownRelease[]): string => {
  const short = hash.replace(/^sha256:/, "").slice(0, 8);
  const version = known.find((each) => each.hash === hash)?.version ?? null;
  return version === null ? short : `${version} · ${short}`;
};
