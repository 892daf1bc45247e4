import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/query.ts";

/** A release of a deployment as lists and links need it. */
export interface KnownRelease {
  readonly hash: string;
  /** Of its playbook, e.g. `2.1.0`; null when the release is not kept any more. */
  readonly version: string | null;
  /** The rollout that brought it to callers; null where none has. */
  readonly rollout: string | null;
}

export interface Releases {
  /** What callers have had, newest first, and what the slots hold besides. */
  readonly known: readonly KnownRelease[];
  /** Of the deployment's callers; null while it is not known, or where the configuration names none. */
  readonly timeZone: string | null;
}

/** The releases of a deployment by name, and the zone of its callers. */
export function useReleases(tenant: string, deployment: string): Releases {
  const { data } = useQuery({
    ...read("/v1/deployments/{reference}/standing", { tenant, path: { reference: deployment } }),
    staleTime: 60_000,
  });
  if (data === undefined) return { known: [], timeZone: null };
  const lived = data.lived.map(({ hash, version, rolloutId }) => ({ hash, version, rollout: rolloutId }));
  const held = [data.slots.blue, data.slots.green].flatMap((each) =>
    each === null ? [] : [{ ...each, rollout: null }],
  );
  const unseen = held.filter(({ hash }) => !lived.some((each) => each.hash === hash));
  const known = [...unseen, ...lived].map((each) => ({ ...each, version: versionOf(each.version) }));
  return { known, timeZone: data.timeZone };
}

const versionOf = (playbook: string | null): string | null => playbook?.split("@").at(-1) ?? null;

/** "2.1.0 · 3fa9c2d1". */
export const releaseLabel = (hash: string, known: readonly KnownRelease[]): string => {
  const short = hash.replace(/^sha256:/, "").slice(0, 8);
  const version = known.find((each) => each.hash === hash)?.version ?? null;
  return version === null ? short : `${version} · ${short}`;
};
