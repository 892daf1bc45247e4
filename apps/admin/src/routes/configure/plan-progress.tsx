import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/query.ts";
import { ButtonLink } from "../../ui/link.tsx";
import { Note } from "../../ui/note.tsx";
import { Spinner } from "../../ui/spinner.tsx";

const POLL_MS = 1000;

/** A plan on its way: what is being done, then what it came to and where it is read. */
export function PlanProgress({ tenant, plan }: { readonly tenant: string; readonly plan: string }) {
  const { data, error } = useQuery({
    ...read("/v1/plans/{id}", { tenant, path: { id: plan } }),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "pending" ? POLL_MS : false),
  });
  if (error !== null)
    return (
      <Note tone="bad" title="The plan could not be read">
        {error.message}
      </Note>
    );
  if (data === undefined || data.state === "pending")
    return (
      <Note tone="busy" title="Planning" actions={<Spinner />}>
        A worker asks the vendors what is there and works out what would change. Nothing is written.
      </Note>
    );
  if (data.state === "failed")
    return (
      <Note tone="bad" title="There is no plan" isAlert>
        <p>{data.detail}</p>
        <p className="mt-1 text-sm text-ink-faint">
          Code <code className="font-mono">{data.code}</code>
        </p>
      </Note>
    );
  const link = (
    <ButtonLink to="/t/$tenant/plans/$plan" params={{ tenant, plan }} look="main">
      Read the plan
    </ButtonLink>
  );
  const changes = data.plan?.changes.filter(({ action }) => action !== "no-op") ?? [];
  const blockers = data.plan?.findings.filter(({ severity }) => severity === "error") ?? [];
  return (
    <Note tone={blockers.length > 0 ? "warn" : "good"} title="The plan is ready" actions={link}>
      {changes.length === 0 ? "Nothing would change at the vendors" : summaryOf(changes.map(({ action }) => action))}
      {blockers.length > 0 && `; preflight found ${counted(blockers.length, "obstacle")}`}.
    </Note>
  );
}

/** "3 create, 1 update". */
function summaryOf(actions: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const action of actions) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts].map(([action, count]) => `${count} to ${action}`);
  return `${counted(actions.length, "vendor object changes", "vendor objects change")}: ${parts.join(", ")}`;
}
