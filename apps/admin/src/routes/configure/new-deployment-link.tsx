import { useCurrentTenant } from "../../shell/current-tenant.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { ButtonLink } from "../../ui/link.tsx";

/** To a new deployment of the tenant that the page is about; nothing without a tenant. */
export function NewDeploymentLink() {
  const tenant = useCurrentTenant();
  return tenant === null ? null : <OfTenant tenant={tenant} />;
}

function OfTenant({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "manage");
  return refusal === null ? (
    <ButtonLink to="/t/$tenant/new-deployment" params={{ tenant }}>
      New deployment
    </ButtonLink>
  ) : (
    <Button disabledBecause={refusal}>New deployment</Button>
  );
}
