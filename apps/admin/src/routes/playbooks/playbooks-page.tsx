import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/query.ts";
import { useCurrentTenant } from "../../shell/current-tenant.ts";
import { RecordPage } from "../record-page.tsx";

export function PlaybooksPage() {
  const tenant = useCurrentTenant() ?? undefined;
  return <RecordPage title="Playbooks" of={useQuery(read("/v1/manifests", { tenant }))} />;
}
