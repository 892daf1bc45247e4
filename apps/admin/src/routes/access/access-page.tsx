import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTenantName } from "../../shell/current-tenant.ts";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { ApiKeys } from "./api-keys.tsx";
import { Gates } from "./gates.tsx";
import { Members } from "./members.tsx";
import { Sessions } from "./sessions.tsx";
import { Webhooks } from "./webhooks/webhooks.tsx";

const route = getRouteApi("/frame/t/$tenant/access");

/** Who and what may do something here, and what every rollout must pass. */
export function AccessPage() {
  const { tenant } = route.useParams();
  const { tab = "members" } = route.useSearch();
  const navigate = useNavigate();
  return (
    <Page>
      <PageHeader title="Access" lead={<>Who may do what in {useTenantName(tenant)}.</>} />
      <Tabs
        label="Parts of access"
        chosen={tab}
        onChoose={(name) =>
          void navigate({
            to: "/t/$tenant/access",
            params: { tenant },
            search: name === "members" ? {} : { tab: name },
            replace: true,
            resetScroll: false,
          })
        }
        tabs={[
          { name: "members", label: "Members", content: <Members tenant={tenant} /> },
          { name: "keys", label: "API keys", content: <ApiKeys tenant={tenant} /> },
          { name: "sessions", label: "My sessions", content: <Sessions /> },
          { name: "gates", label: "Policies and freezes", content: <Gates tenant={tenant} /> },
          { name: "webhooks", label: "Webhooks", content: <Webhooks tenant={tenant} /> },
        ]}
      />
    </Page>
  );
}
