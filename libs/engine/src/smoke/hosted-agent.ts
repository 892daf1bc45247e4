import type { StageRun } from "../stage.ts";

/**
 * Reads the hosted agent back: it must exist, be published, and stand at the version that the slot's calls will name. Null: it does, or
 * our own engine speaks and there is none.
 */
export async function agentFailure(run: StageRun): Promise<string | null> {
  if (run.bundle.agent.kind === "tandem") return null;
  const address = run.bundle.agent.resource ?? "";
  const binding = run.view.bindings.find(
    (one) => one.address === address && (one.slot === run.target || one.slot === null),
  );
  if (binding === undefined || binding.externalId === null) return `${address} is not bound in slot ${run.target}`;
  await run.lease.ensure(run.context.settings.callDeadlineMs);
  const { resources } = await run.connections.open(binding.connectionId);
  const agent = await resources.read(binding.kind, binding.externalId);
  if (agent === null) return `${address} is gone at the vendor`;
  if (!agent.published) return `${address} is not published`;
  return agent.version === binding.version
    ? null
    : `${address} is at version ${agent.version ?? "none"} instead of ${binding.version ?? "none"}`;
}
