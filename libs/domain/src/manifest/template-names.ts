import type { Manifest, ManifestSection } from "./manifest.ts";

/** What the platform knows about a deployment; usable everywhere. */
export const systemNames = [
  "deployment.name",
  "deployment.environment",
  "deployment.number",
  "playbook.name",
  "playbook.version",
  "ingress.voiceUrl",
  "ingress.voiceFallbackUrl",
  "ingress.statusUrl",
  "ingress.toolUrl",
  "ingress.agentEventsUrl",
  "ingress.llmUrl",
] as const;
export type SystemName = (typeof systemNames)[number];

/** What is composed from the conversation for a hosted agent; usable in fields of resources only. */
export const agentNames = [
  "agent.prompt",
  "agent.openingMessage",
  "agent.tools",
  "agent.maxCallMs",
  "agent.inactivityMs",
] as const;
export type AgentName = (typeof agentNames)[number];

/**
 * What is only known when a call arrives; usable in texts of the conversation. Stays in the bundle as `{{call.localTime}}`; towards a
 * hosted agent it becomes the variable `call_local_time`, whose value is given when the call is registered.
 */
export const callNames = {
  "call.from": "call_from",
  "call.localDate": "call_local_date",
  "call.localTime": "call_local_time",
  "call.isOpen": "call_is_open",
} as const;
export type CallName = keyof typeof callNames;

/** True when the name is filled in later, by the call (conversation) or the smoke test (`saved.<name>.<path>` in scenarios). */
export function isLaterName(name: string, section: ManifestSection): boolean {
  if (section === "smoke") return name.startsWith("saved.");
  return section === "conversation" && Object.hasOwn(callNames, name);
}

/** Names that may stand in a section of a manifest: for checks and suggestions. */
export function namesAllowedIn(
  manifest: Pick<Manifest, "parameters">,
  section: ManifestSection | "resources",
): ReadonlySet<string> {
  const names = new Set<string>(systemNames);
  for (const parameter of Object.keys(manifest.parameters)) names.add(`parameters.${parameter}`);
  if (section === "resources") for (const name of agentNames) names.add(name);
  if (section === "conversation") for (const name of Object.keys(callNames)) names.add(name);
  return names;
}
