import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/audit");

export function AuditPage() {
  const { tenant } = route.useParams();
  return <RecordPage title="Audit" of={useQuery(read("/v1/audit", { tenant }))} />;
}
