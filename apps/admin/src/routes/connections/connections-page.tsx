import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/connections");

export function ConnectionsPage() {
  const { tenant } = route.useParams();
  return <RecordPage title="Connections" of={useQuery(read("/v1/connections", { tenant }))} />;
}
