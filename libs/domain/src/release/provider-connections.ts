import type { Diagnostic } from "@tandem/kernel";
import {
  type AgentKind,
  chainsOf,
  closestName,
  formatPath,
  type Provider,
  type ProviderChains,
  type ProviderKind,
} from "../manifest/index.ts";
import { providerRole } from "../tenant/index.ts";
import type { BundleConnection } from "./bundle.ts";
import type { ReleaseInput } from "./compile-release.ts";

/** Provider name → the kinds it can be. */
export type ProviderKinds = Readonly<Record<string, readonly ProviderKind[]>>;

const EVERY_CHAIN = chainsOf.tandem;

/** One place in a chain. */
interface Link {
  readonly kind: ProviderKind;
  readonly provider: string;
  /** `providers.stt[0].provider`. */
  readonly path: string;
}

/** Accounts behind the chains that the agent uses, by role; what is wrong with the names in all of them. */
export function providerConnections(
  input: Pick<ReleaseInput, "connections" | "providers">,
  agent: AgentKind,
  chains: ProviderChains,
): { values: Record<string, BundleConnection>; diagnostics: Diagnostic[] } {
  const used = chainsOf[agent].flatMap((kind) => linksOf(kind, chains[kind]));
  const unused = EVERY_CHAIN.filter((kind) => !chainsOf[agent].includes(kind)).flatMap((kind) =>
    linksOf(kind, chains[kind]),
  );
  const wrong = used.flatMap((link) => nameProblem(link, input.providers));
  const doubtful = unused
    .flatMap((link) => nameProblem(link, input.providers))
    .map((problem) => ({ ...problem, severity: "warning" as const }));
  const known = used.filter(({ path }) => !wrong.some((problem) => problem.path === path));
  const values: Record<string, BundleConnection> = {};
  const diagnostics = [...wrong, ...doubtful];
  for (const provider of [...new Set(known.map((link) => link.provider))].toSorted()) {
    const links = known.filter((link) => link.provider === provider);
    const problem = connectionProblem(provider, links, input);
    const connection = input.connections[providerRole(provider)];
    if (problem !== null) diagnostics.push(problem);
    else if (connection !== undefined)
      values[providerRole(provider)] = {
        connectionId: connection.connectionId,
        vendor: connection.vendor,
        requiredScopes: connection.requiredScopes.toSorted(),
      };
  }
  return { values, diagnostics };
}

const linksOf = (kind: ProviderKind, chain: readonly Provider[]): Link[] =>
  chain.map(({ provider }, index) => ({ kind, provider, path: formatPath(["providers", kind, index, "provider"]) }));

function nameProblem({ kind, provider, path }: Link, providers: ProviderKinds): Diagnostic[] {
  const known = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  if (known?.includes(kind) === true) return [];
  const able = Object.keys(providers)
    .filter((name) => providers[name]?.includes(kind) === true)
    .toSorted();
  const nearest = closestName(provider, able);
  const fix = `Write one of: ${able.join(", ") || "none is installed"}.${nearest === undefined ? "" : ` Did you mean \`${nearest}\`?`}`;
  return [
    {
      severity: "error",
      code: known === undefined ? "unknown-provider" : "wrong-provider-kind",
      summary:
        known === undefined
          ? "A chain names a provider that nobody offers."
          : "A chain names a provider that cannot do this part.",
      detail:
        known === undefined
          ? `There is no provider \`${provider}\`.`
          : `\`${provider}\` can be ${known.join(", ")}, not ${kind}.`,
      path,
      fix,
    },
  ];
}

function connectionProblem(
  provider: string,
  links: readonly Link[],
  { connections }: Pick<ReleaseInput, "connections">,
): Diagnostic | null {
  const role = providerRole(provider);
  const connection = connections[role];
  const places = links.map(({ path }) => path).join(", ");
  const problem = (code: string, summary: string, detail: string, fix: string): Diagnostic => ({
    severity: "error",
    code,
    summary,
    detail,
    path: `connections.${role}`,
    fix,
  });
  if (connection === undefined)
    return problem(
      "missing-connection",
      "A provider has no connection.",
      `The agent speaks through \`${provider}\` (${places}).`,
      `Name a connection for \`${role}\` in the deployment.`,
    );
  const offered = connection.providers ?? {};
  const kinds = Object.hasOwn(offered, provider) ? (offered[provider] ?? []) : [];
  if (links.every(({ kind }) => kinds.includes(kind))) return null;
  const names = Object.keys(offered).toSorted();
  return problem(
    "unsupported-vendor",
    "A connection is not an account of the provider it is named for.",
    names.length === 0
      ? `\`${role}\` is connected to ${connection.vendor}, which offers no provider.`
      : `\`${role}\` is connected to an account that serves ${names.join(", ")}.`,
    `Name a connection that serves \`${provider}\` as ${[...new Set(links.map(({ kind }) => kind))].join(" and ")}.`,
  );
}
