import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { useTenantName } from "../../shell/current-tenant.ts";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Card } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { InDeploymentZone } from "../deployment/deployment-zone.tsx";
import { ConfigurationEditor } from "./configuration-editor.tsx";
import type { Form } from "./form-field.ts";

const route = getRouteApi("/frame/t/$tenant/d/$deployment/configure");

/** What a deployment is configured with: the playbook's parameters, its number and its accounts. */
export function ConfigurePage() {
  const { tenant, deployment } = route.useParams();
  const { layer = "deployment" } = route.useSearch();
  const tenantName = useTenantName(tenant);
  const { refetchInterval } = useLive(["deployment", "connection", "manifest"], tenant);
  const form = useQuery({
    ...read("/v1/deployments/{reference}/form", { tenant, path: { reference: deployment } }),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  return (
    <InDeploymentZone tenant={tenant} reference={deployment}>
      <Page>
        <PageHeader
          title={`Configure ${deployment}`}
          trail={<Trail {...{ tenant, tenantName, deployment }} />}
          lead={form.data === undefined ? " " : <Lead form={form.data} />}
        />
        <Loaded of={form} skeleton={<FormSkeleton />}>
          {(loaded) => (
            <ConfigurationEditor
              key={`${tenant}/${deployment}/${layer}`}
              tenant={tenant}
              deployment={deployment}
              layer={layer}
              tenantName={tenantName}
              form={loaded}
            />
          )}
        </Loaded>
      </Page>
    </InDeploymentZone>
  );
}

const Trail = ({ tenant, tenantName, deployment }: { tenant: string; tenantName: string; deployment: string }) => (
  <>
    <Link to="/" search={{ tenant }}>
      {tenantName}
    </Link>
    <span aria-hidden="true">/</span>
    <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment }}>
      {deployment}
    </Link>
  </>
);

const Lead = ({ form: { playbook } }: { readonly form: Form }) => (
  <>
    <Link to="/playbooks/$name" params={{ name: playbook.name }}>
      {playbook.title} {playbook.version}
    </Link>
    . What is saved here reaches callers with the next rollout, not before.
  </>
);

const FormSkeleton = () => (
  <div className="grid gap-6 lg:pl-52">
    {[5, 4, 6].map((count, index) => (
      <Card key={index}>
        <SkeletonLines count={count} />
      </Card>
    ))}
  </div>
);
