import { Button } from "../../ui/button.tsx";
import { BackButton } from "../deployment/back-button.tsx";
import { useDeployment } from "../deployment/use-deployment.ts";

interface RollBackProps {
  readonly tenant: string;
  /** Name of the deployment. */
  readonly deployment: string;
}

/** The deployment's way back, from the incident. */
export function RollBack({ tenant, deployment: name }: RollBackProps) {
  const { deployment, standing } = useDeployment(tenant, name);
  if (deployment.data === undefined)
    return (
      <Button look="danger" disabledBecause="The deployment is being read">
        Roll back
      </Button>
    );
  return <BackButton tenant={tenant} deployment={deployment.data} standing={standing} />;
}
