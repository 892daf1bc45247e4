import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/d/$deployment/kpis");

export function KpisPage() {
  const { tenant, deployment } = route.useParams();
  return (
    <RecordPage
      title={`KPIs of ${deployment}`}
      of={useQuery(read("/v1/deployments/{reference}/kpis", { tenant, path: { reference: deployment } }))}
    />
  );
}
