import type { Json } from "@tandem/kernel";
import { type AgentName, strongest, type TemplateScope } from "../manifest/index.ts";
import type { ValueSource } from "../tenant/index.ts";
import { agentPrompt, openingMessage } from "./agent-prompt.ts";
import { agentTools } from "./agent-tools.ts";
import type { IngressUrls } from "./playbook-scope.ts";
import type { FilledSections, ResolvedSections } from "./resolved-sections.ts";

/** Sections that each composed value is made of: where its provenance comes from. */
const madeOf: Readonly<Record<AgentName, readonly string[]>> = {
  "agent.prompt": ["conversation", "policies.consent", "emergency", "humanPath", "tools"],
  "agent.openingMessage": ["policies.disclosure", "policies.consent", "conversation.greeting"],
  "agent.tools": ["tools"],
  "agent.maxCallMs": ["conversation.limits"],
  "agent.inactivityMs": ["conversation.limits"],
};

/** The scope of resource fields: what the playbook may name everywhere, and what is composed from its conversation. */
export function agentScope(
  outer: TemplateScope,
  sections: ResolvedSections,
  sources: FilledSections["sources"],
  ingress: IngressUrls,
): TemplateScope {
  const composed: Readonly<Record<AgentName, Json>> = {
    "agent.prompt": agentPrompt(sections),
    "agent.openingMessage": openingMessage(sections),
    "agent.tools": agentTools(sections.tools, ingress.toolUrl),
    "agent.maxCallMs": sections.conversation.limits.maxCallMinutes * 60_000,
    "agent.inactivityMs": sections.conversation.limits.inactivitySeconds * 1000,
  };
  return (name, path) => {
    if (!Object.hasOwn(composed, name)) return outer(name, path);
    const source = sourceOf(madeOf[name as AgentName], sources);
    return {
      value: composed[name as AgentName],
      source: name === "agent.tools" ? strongest("system", source) : source,
    };
  };
}

/** The strongest layer among the values below the given paths. */
function sourceOf(prefixes: readonly string[], sources: FilledSections["sources"]): ValueSource {
  const below = Object.entries(sources).filter(([path]) =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`)),
  );
  return below.map(([, source]) => source).reduce(strongest, "playbook");
}
