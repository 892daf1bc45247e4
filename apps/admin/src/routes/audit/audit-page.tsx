import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import type { AuditFilter } from "./audit-filter.ts";
import { Chain } from "./chain.tsx";
import { Entries } from "./entries.tsx";
import { ExportButton } from "./export-button.tsx";

const route = getRouteApi("/frame/t/$tenant/audit");

/** Who changed what, when and why, in a chain that shows every change to itself. */
export function AuditPage() {
  const { tenant } = route.useParams();
  const { tab = "entries", ...filter } = route.useSearch();
  const navigate = useNavigate();
  const go = (to: AuditFilter & { readonly tab?: "chain" }): void =>
    void navigate({ to: "/t/$tenant/audit", params: { tenant }, search: to, replace: true, resetScroll: false });
  return (
    <Page>
      <PageHeader
        title="Audit"
        lead="Who changed what, and why. Each entry holds the hash of the one before: nothing can be taken out unseen."
        actions={<ExportButton tenant={tenant} />}
      />
      <Tabs
        label="Parts of the audit log"
        chosen={tab}
        onChoose={(name) => go(name === "chain" ? { ...filter, tab: name } : filter)}
        tabs={[
          { name: "entries", label: "Entries", content: <Entries tenant={tenant} filter={filter} onChange={go} /> },
          { name: "chain", label: "Chain and checkpoints", content: <Chain tenant={tenant} /> },
        ]}
      />
    </Page>
  );
}
