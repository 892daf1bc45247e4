import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/access");

export function AccessPage() {
  const { tenant } = route.useParams();
  return <RecordPage title="Access" of={useQuery(read("/v1/api-keys", { tenant }))} />;
}
