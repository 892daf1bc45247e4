import { useQuery } from "@tanstack/react-query";
import { useLive } from "../../api/live.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import type { Slot } from "../../ui/slot-badge.tsx";

export type Deployment = Schemas["DeploymentDetail"];
export type DeploymentStanding = Schemas["DeploymentStanding"];

/** What every part of the page is about. */
export interface Subject {
  readonly tenant: string;
  readonly deployment: Deployment;
  /** Undefined until it is known; the page does not wait for names. */
  readonly standing: DeploymentStanding | undefined;
}

/** What a page reads of the deployment, and what a write puts there before it is read anew. */
export const deploymentQuery = (tenant: string, reference: string) =>
  read("/v1/deployments/{reference}", { tenant, path: { reference } });

/** The deployment with the names of what it holds; both follow what happens. */
export function useDeployment(tenant: string, reference: string) {
  const { refetchInterval } = useLive(
    ["deployment", "rollout", "session", "connection", "manifest", "audit", "incident"],
    tenant,
  );
  const deployment = useQuery({ ...deploymentQuery(tenant, reference), refetchInterval });
  const standing = useQuery({
    ...read("/v1/deployments/{reference}/standing", { tenant, path: { reference } }),
    refetchInterval,
  });
  return { deployment, standing: standing.data };
}

export const otherSlot = (slot: Slot): Slot => (slot === "blue" ? "green" : "blue");

/** `playbook@version` as people say it; the beginning of the hash where the release is not kept any more. */
export function releaseName(release: { readonly hash: string; readonly version: string | null }): string {
  return release.version === null
    ? release.hash.replace(/^sha256:/, "").slice(0, 8)
    : release.version.replace("@", " ");
}

/** What a slot holds, by name; null for an empty one. */
export function heldBy({ deployment, standing }: Pick<Subject, "deployment" | "standing">, slot: Slot): string | null {
  const hash = deployment.slots[slot].bundleHash;
  if (hash === null) return null;
  const known = standing?.slots[slot];
  return releaseName(known?.hash === hash ? known : { hash, version: null });
}
