import { AgentKind, chainsOf } from "./agent.ts";
import type { ManifestDifference } from "./compare-manifests.ts";
import type { Manifest } from "./manifest.ts";
import { isForAgent } from "./manifest-for-agent.ts";
import { formatPath, type Path } from "./path.ts";
import { exactTemplate } from "./template.ts";

/** What changed about the kinds of agent that a deployment can have, and about what each kind needs. */
export function agentDifferences(previous: Manifest, next: Manifest): ManifestDifference[] {
  const [before, after] = [agentsOf(previous), agentsOf(next)];
  const kept = before.possible.filter((kind) => after.possible.includes(kind));
  const lost = before.possible.filter((kind) => !after.possible.includes(kind));
  const other = before.standard !== after.standard && before.standard !== null && after.standard !== null;
  return [
    ...lost.map((kind) => breaking(["agent", "kind"], "agent-kind-removed", `The agent can no longer be ${kind}.`)),
    ...(other
      ? [
          breaking(
            ["agent", "kind"],
            "agent-kind-changed",
            `Deployments that say nothing move from ${before.standard} to ${after.standard}.`,
          ),
        ]
      : []),
    ...kept.flatMap((kind) => [...partDifferences(previous, next, kind), ...providerDifferences(previous, next, kind)]),
  ];
}

const breaking = (path: Path, code: ManifestDifference["code"], detail: string): ManifestDifference => ({
  path: formatPath(path),
  code,
  isBreaking: true,
  detail,
});

/** Kinds that a deployment can have, and the one it gets without saying so; null when it must say so. */
function agentsOf({ agent, parameters }: Manifest): {
  readonly possible: readonly AgentKind[];
  readonly standard: AgentKind | null;
} {
  const literal = AgentKind.safeParse(agent.kind);
  if (literal.success) return { possible: [literal.data], standard: literal.data };
  const parameter = parameters[exactTemplate(agent.kind)?.replace(/^parameters\./, "") ?? ""];
  if (parameter?.type !== "choice") return { possible: AgentKind.options, standard: null };
  const standard = AgentKind.safeParse(parameter.default);
  return {
    possible: AgentKind.options.filter((kind) => parameter.choices.some(({ value }) => value === kind)),
    standard: standard.success ? standard.data : null,
  };
}

/** Roles and resources that both versions have, of which one leaves the kind out. */
function partDifferences(previous: Manifest, next: Manifest, kind: AgentKind): ManifestDifference[] {
  const roles = Object.entries(next.roles).flatMap(([name, role]) => {
    const old = previous.roles[name as keyof Manifest["roles"]];
    return old !== undefined && isForAgent(role, kind) && !isForAgent(old, kind)
      ? [breaking(["roles", name], "role-added", `A connection for \`${name}\` is needed now by ${kind}.`)]
      : [];
  });
  const resources = Object.entries(previous.resources).flatMap(([address, old]) => {
    const resource = next.resources[address];
    return resource !== undefined && isForAgent(old, kind) && !isForAgent(resource, kind)
      ? [breaking(["resources", address], "resource-removed", `\`${address}\` will be retired where ${kind} answers.`)]
      : [];
  });
  return [...roles, ...resources];
}

/** Providers of the kind's chains that were in none of them: each needs an account that deployments have not named. */
function providerDifferences(previous: Manifest, next: Manifest, kind: AgentKind): ManifestDifference[] {
  const namesOf = ({ providers }: Manifest): Set<string> =>
    new Set(chainsOf[kind].flatMap((chain) => providers[chain].map(({ provider }) => provider)));
  const known = namesOf(previous);
  return [...namesOf(next)]
    .filter((name) => !known.has(name) && !name.includes("{{"))
    .map((name) =>
      breaking(["providers"], "provider-added", `A connection for \`provider.${name}\` is needed now by ${kind}.`),
    );
}
