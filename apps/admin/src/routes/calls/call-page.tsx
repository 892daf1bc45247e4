import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { RecordPage } from "../record-page.tsx";

const route = getRouteApi("/frame/t/$tenant/calls/$session");

export function CallPage() {
  const { tenant, session } = route.useParams();
  return <RecordPage title="Call" of={useQuery(read("/v1/sessions/{session}", { tenant, path: { session } }))} />;
}
