import type { Json } from "@tandem/kernel";
import {
  type AgentKind,
  chainsOf,
  type Manifest,
  manifestForAgent,
  parseTemplate,
  walkTexts,
} from "../manifest/index.ts";

/** Names of the parameters that a release of this kind of agent is made from. */
export function parametersUsedBy(manifest: Manifest, kind: AgentKind): ReadonlySet<string> {
  const names = new Set<string>();
  walkTexts(partsFor(manifest, kind), (text) => {
    for (const part of parseTemplate(text) ?? [])
      if ("name" in part && part.name.startsWith("parameters.")) names.add(part.name.slice("parameters.".length));
  });
  return names;
}

/** What of a manifest is in a release of one kind of agent. */
function partsFor(manifest: Manifest, kind: AgentKind): Json {
  const { parameters: _parameters, providers, agent, ...parts } = manifestForAgent(manifest, kind);
  const chains = Object.fromEntries(chainsOf[kind].map((chain) => [chain, providers[chain]]));
  return { ...parts, agent, providers: chains } as unknown as Json;
}
