import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { useCurrentTenant } from "../../shell/current-tenant.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/playbooks/$name");

export function PlaybookPage() {
  const { name } = route.useParams();
  const tenant = useCurrentTenant() ?? undefined;
  return (
    <RecordPage title={name} of={useQuery(read("/v1/manifests/{reference}", { tenant, path: { reference: name } }))} />
  );
}
