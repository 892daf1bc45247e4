import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { read } from "../../api/query.ts";
import { ZoneProvider } from "../../ui/time.tsx";

interface InDeploymentZoneProps {
  readonly tenant: string;
  /** Id or name. */
  readonly reference: string;
  readonly children: ReactNode;
}

/** Times inside are in the zone of the deployment's callers; in the tenant's while that is not known. */
export function InDeploymentZone({ tenant, reference, children }: InDeploymentZoneProps) {
  const { data } = useQuery({
    ...read("/v1/deployments/{reference}/standing", { tenant, path: { reference } }),
    staleTime: 60_000,
  });
  return <ZoneProvider value={data?.timeZone ?? null}>{children}</ZoneProvider>;
}
