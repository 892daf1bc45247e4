import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/d/$deployment/configure");

export function ConfigurePage() {
  const { tenant, deployment } = route.useParams();
  return (
    <RecordPage
      title={`Configure ${deployment}`}
      of={useQuery(read("/v1/deployments/{reference}/configuration", { tenant, path: { reference: deployment } }))}
    />
  );
}
