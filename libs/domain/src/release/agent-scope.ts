import type { Json } from "@tandem/kernel";
import type { AgentName, TemplateScope } from "../manifest/index.ts";
import { strongest } from "../manifest/index.ts";
import type { ValueSource } from "../tenant/index.ts";
import { agentPrompt, openingMessage } from "./agent-prompt.ts";
import { agentTools } from "./agent-tools.ts";
import type { ResolvedSections } from "./compile-release.ts";
import type { IngressUrls } from "./playbook-scope.ts";

/** The scope of resource fields: what the playbook may name everywhere, and what is composed from its conversation. */
export function agentScope(
  outer: TemplateScope,
  sections: ResolvedSections,
  ingress: IngressUrls,
  source: ValueSource,
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
    return {
      value: composed[name as AgentName],
      source: name === "agent.tools" ? strongest("system", source) : source,
    };
  };
}
