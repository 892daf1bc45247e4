import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { useCurrentTenant } from "../../shell/current-tenant.ts";
import { usePlatformRefusal } from "../../shell/permission.ts";
import { InTenantZone } from "../../shell/tenant-zone.tsx";
import { Link } from "../../ui/link.tsx";
import { type Loadable, Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { Compare } from "./compare.tsx";
import { manifestOf } from "./manifest-content.ts";
import { Parameters } from "./parameters.tsx";
import { NoTenant } from "./no-tenant.tsx";
import type { Versions } from "./playbook.ts";
import { PublishButton } from "./publish-button.tsx";
import { VersionList } from "./version-list.tsx";

const route = getRouteApi("/frame/playbooks/$name");

/** One playbook: its versions and who runs them, what differs between two, and what can be configured. */
export function PlaybookPage() {
  const { name } = route.useParams();
  const tenant = useCurrentTenant() ?? undefined;
  const refusal = usePlatformRefusal("readPlaybooks");
  const mayRead = tenant !== undefined || refusal === null;
  const { refetchInterval } = useLive(["manifest", "deployment"]);
  const versions = useQuery({
    ...read("/v1/playbooks/{name}", { tenant, path: { name } }),
    refetchInterval,
    enabled: mayRead,
  });
  const newest = useQuery({
    ...read("/v1/manifests/{reference}", { tenant, path: { reference: name } }),
    enabled: mayRead,
  });
  const manifest = newest.data === undefined ? null : manifestOf(newest.data.content);
  return (
    <InTenantZone>
      <Page>
        <PageHeader
          title={manifest?.title ?? name}
          trail={<Link to="/playbooks">Playbooks</Link>}
          badges={<code className="font-mono text-sm text-ink-faint">{name}</code>}
          lead={manifest?.summary ?? " "}
          actions={<PublishButton tenant={tenant} />}
        />
        {mayRead ? <Parts tenant={tenant} name={name} versions={versions} /> : <NoTenant />}
      </Page>
    </InTenantZone>
  );
}

interface PartsProps {
  readonly tenant: string | undefined;
  readonly name: string;
  readonly versions: Loadable<Versions>;
}

function Parts({ tenant, name, versions }: PartsProps) {
  const { tab = "versions" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
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
  );
}
