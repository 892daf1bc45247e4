import type { AgentKind } from "./agent.ts";
import type { Manifest } from "./manifest.ts";

interface Restricted {
  readonly forAgents?: readonly AgentKind[] | undefined;
}

/** True when a part of the manifest is in a release of this kind of agent. */
export const isForAgent = ({ forAgents }: Restricted, kind: AgentKind): boolean => forAgents?.includes(kind) ?? true;

/**
 * The manifest as a release of one kind of agent sees it: roles, resources and scenarios of other kinds are gone, `fieldsFor` is part
 * of `fields`. The parts say no more for whom they are.
 */
export function manifestForAgent(manifest: Manifest, kind: AgentKind): Manifest {
  return {
    ...manifest,
    roles: membersFor(manifest.roles, kind),
    resources: Object.fromEntries(
      Object.entries(membersFor(manifest.resources, kind)).map(([address, { fieldsFor, ...resource }]) => [
        address,
        { ...resource, fields: { ...resource.fields, ...fieldsFor?.[kind] } },
      ]),
    ),
    smoke: manifest.smoke.filter(({ agents }) => agents?.includes(kind) ?? true),
  };
}

function membersFor<Part extends Restricted>(
  parts: Readonly<Record<string, Part>>,
  kind: AgentKind,
): Record<string, Omit<Part, "forAgents">> {
  return Object.fromEntries(
    Object.entries(parts)
      .filter(([, part]) => isForAgent(part, kind))
      .map(([name, { forAgents: _forAgents, ...part }]) => [name, part]),
  );
}
