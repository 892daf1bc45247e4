import { ButtonLink } from "../../ui/link.tsx";
import { type AttentionItem, KIND_WORDS } from "./attention-words.ts";

/** The one thing that resolves it, as a way there. */
export function AttentionAction({ item }: { readonly item: AttentionItem }) {
  const { action } = KIND_WORDS[item.kind];
  const tenant = item.tenant.slug;
  const label = (
    <>
      {action}
      <span className="sr-only">
        {" "}
        for {item.deployment.name} of {item.tenant.name}
      </span>
    </>
  );
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
