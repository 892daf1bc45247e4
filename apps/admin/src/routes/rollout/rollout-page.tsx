import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/rollouts/$rollout");

export function RolloutPage() {
  const { tenant, rollout: id } = route.useParams();
  return <RecordPage title="Rollout" of={useQuery(read("/v1/rollouts/{id}", { tenant, path: { id } }))} />;
}
