import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/d/$deployment");

export function DeploymentPage() {
  const { tenant, deployment } = route.useParams();
  return (
    <RecordPage
      title={deployment}
      of={useQuery(read("/v1/deployments/{reference}", { tenant, path: { reference: deployment } }))}
    />
  );
}
