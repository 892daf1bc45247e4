import type { Json } from "@tandem/kernel";
import type { Manifest, SystemName, TemplateScope } from "../manifest/index.ts";
import type { Deployment } from "../tenant/index.ts";
import type { ResolvedParameter } from "./resolve-parameters.ts";

/** Public addresses of one deployment's ingress, without trailing slash. The same for both slots: the pointer decides behind them. */
export interface IngressUrls {
  /** The carrier asks here what to do with a call. */
  readonly voiceUrl: string;
  /** The carrier asks here when `voiceUrl` does not answer; outside the media failure domain (ruling 34). */
  readonly voiceFallbackUrl: string;
  /** The carrier reports the end of calls here. */
  readonly statusUrl: string;
  /** A hosted agent calls tool `x` at `<toolUrl>/x`. */
  readonly toolUrl: string;
  /** A hosted agent reports the events of its calls here. */
  readonly agentEventsUrl: string;
  /** WebSocket address (`ws:` or `wss:`) that a hosted agent dials to ask what to say; the vendor appends `/<call id>`. */
  readonly llmUrl: string;
}

interface Known {
  readonly manifest: Manifest;
  readonly deployment: Pick<Deployment, "name" | "environment" | "number">;
  readonly ingress: IngressUrls;
}

/** What templates of every section may name: parameters, the deployment, the playbook, the ingress. */
export function playbookScope(
  { manifest, deployment, ingress }: Known,
  values: Readonly<Record<string, ResolvedParameter>>,
): TemplateScope {
  const system: Readonly<Record<SystemName, Json | undefined>> = {
    "deployment.name": deployment.name,
    "deployment.environment": deployment.environment,
    "deployment.number": deployment.number ?? undefined,
    "playbook.name": manifest.name,
    "playbook.version": manifest.version,
    "ingress.voiceUrl": ingress.voiceUrl,
    "ingress.voiceFallbackUrl": ingress.voiceFallbackUrl,
    "ingress.statusUrl": ingress.statusUrl,
    "ingress.toolUrl": ingress.toolUrl,
    "ingress.agentEventsUrl": ingress.agentEventsUrl,
    "ingress.llmUrl": ingress.llmUrl,
  };
  return (name) => {
    if (Object.hasOwn(system, name)) return { value: system[name as SystemName], source: "system" };
    const parameter = name.startsWith("parameters.") ? name.slice("parameters.".length) : "";
    if (!Object.hasOwn(manifest.parameters, parameter)) return undefined;
    return values[parameter] ?? { value: undefined, source: "playbook" };
  };
}
