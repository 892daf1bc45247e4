import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/plans/$plan");

export function PlanPage() {
  const { tenant, plan: id } = route.useParams();
  return <RecordPage title="Plan" of={useQuery(read("/v1/plans/{id}", { tenant, path: { id } }))} />;
}
