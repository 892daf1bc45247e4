import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { useCurrentTenant } from "../../shell/current-tenant.ts";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { Compare } from "./compare.tsx";
import { manifestOf } from "./manifest-content.ts";
import { Parameters } from "./parameters.tsx";
import { PublishButton } from "./publish-button.tsx";
import { VersionList } from "./version-list.tsx";

const route = getRouteApi("/frame/playbooks/$name");

/** One playbook: its versions and who runs them, what differs between two, and what can be configured. */
export function PlaybookPage() {
  const { name } = route.useParams();
  const { tab = "versions" } = route.useSearch();
  const navigate = route.useNavigate();
  const tenant = useCurrentTenant() ?? undefined;
  const { refetchInterval } = useLive(["manifest", "deployment"]);
  const versions = useQuery({
    ...read("/v1/playbooks/{name}", { tenant, path: { name } }),
    refetchInterval,
  });
  const newest = useQuery(read("/v1/manifests/{reference}", { tenant, path: { reference: name } }));
  const manifest = newest.data === undefined ? null : manifestOf(newest.data.content);
  return (
    <Page>
      <PageHeader
        title={manifest?.title ?? name}
        trail={<Link to="/playbooks">Playbooks</Link>}
        badges={<code className="font-mono text-sm text-ink-faint">{name}</code>}
        lead={manifest?.summary ?? " "}
        actions={<PublishButton tenant={tenant} />}
      />
      <Loaded of={versions}>
        {({ versions: all }) => (
          <Tabs
            label={`Playbook ${name}`}
            chosen={tab}
            onChoose={(next) =>
              void navigate({
                search: (before) => ({ ...before, tab: next === "versions" ? undefined : next }),
                replace: true,
              })
            }
            tabs={[
              {
                name: "versions",
                label: "Versions",
                content: <VersionList tenant={tenant} name={name} versions={all} />,
              },
              { name: "compare", label: "Compare", content: <Compare tenant={tenant} name={name} versions={all} /> },
              {
                name: "parameters",
                label: "Parameters",
                content: <Parameters tenant={tenant} name={name} versions={all} />,
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
