import { ButtonLink } from "../../ui/link.tsx";
import { type AttentionItem, KIND_WORDS } from "./attention-words.ts";

type Deployed = AttentionItem & { readonly [Name in "tenant" | "deployment"]: NonNullable<AttentionItem[Name]> };
const isDeployed = (item: AttentionItem): item is Deployed => item.tenant !== null && item.deployment !== null;

/** The one thing that resolves it, as a way there. */
export function AttentionAction({ item }: { readonly item: AttentionItem }) {
  if (item.fleet !== null)
    return (
      <ButtonLink size="small" to="/fleet/$fleet" params={{ fleet: item.fleet.id }}>
        <Label item={item} what={`${item.fleet.playbook} ${item.fleet.version} to the fleet`} />
      </ButtonLink>
    );
  return isDeployed(item) ? <DeployedAction item={item} /> : null;
}

const Label = ({ item, what }: { readonly item: AttentionItem; readonly what: string }) => (
  <>
    {KIND_WORDS[item.kind].action}
    <span className="sr-only"> for {what}</span>
  </>
);

function DeployedAction({ item }: { readonly item: Deployed }) {
  const tenant = item.tenant.slug;
  const label = <Label item={item} what={`${item.deployment.name} of ${item.tenant.name}`} />;
  if (item.incidentId !== null)
    return (
      <ButtonLink size="small" to="/t/$tenant/incidents/$incident" params={{ tenant, incident: item.incidentId }}>
        {label}
      </ButtonLink>
    );
  if (item.rolloutId !== null)
    return (
      <ButtonLink size="small" to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: item.rolloutId }}>
        {label}
      </ButtonLink>
    );
  if (item.connection !== null)
    return (
      <ButtonLink
        size="small"
        to="/t/$tenant/connections/$connection"
        params={{ tenant, connection: item.connection.id }}
      >
        {label}
      </ButtonLink>
    );
  if (item.kind === "safety-net")
    return (
      <ButtonLink size="small" to="/t/$tenant/connections" params={{ tenant }}>
        {label}
      </ButtonLink>
    );
  return (
    <ButtonLink
      size="small"
      to="/t/$tenant/d/$deployment"
      params={{ tenant, deployment: item.deployment.name }}
      hash="drift"
    >
      {label}
    </ButtonLink>
  );
}
