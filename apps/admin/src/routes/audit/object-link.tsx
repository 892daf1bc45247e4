import { Hash } from "../../ui/code.tsx";
import { Link } from "../../ui/link.tsx";
import { objectParts } from "./audit-filter.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** What was changed, with the way to it where it has a page. */
export function ObjectLink({ tenant, object }: { readonly tenant: string; readonly object: string }) {
  const { kind, id } = objectParts(object);
  const words = (
    <>
      {kind.replaceAll("-", " ")} {UUID.test(id) ? <Hash value={id} /> : id}
    </>
  );
  switch (kind) {
    case "deployment":
      return (
        <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment: id }}>
          {words}
        </Link>
      );
    case "rollout":
      return (
        <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: id }}>
          {words}
        </Link>
      );
    case "plan":
      return (
        <Link to="/t/$tenant/plans/$plan" params={{ tenant, plan: id }}>
          {words}
        </Link>
      );
    case "incident":
      return (
        <Link to="/t/$tenant/incidents/$incident" params={{ tenant, incident: id }}>
          {words}
        </Link>
      );
    case "api-key":
    case "member":
    case "invitation":
      return (
        <Link to="/t/$tenant/access" params={{ tenant }}>
          {words}
        </Link>
      );
    default:
      return <span title={object}>{words}</span>;
  }
}
