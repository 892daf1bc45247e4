import type { IngressUrls } from "@tandem/domain/release";
import { agentSocketSecret } from "@tandem/domain/tenant";
import type { CarrierIngress } from "@tandem/ports/inbound";

/**
 * The public addresses of a deployment's ingress. The carrier is told how long it may wait for a node: by itself it would wait
 * 10–15 s for a dead one before it takes the fallback (ruling 34).
 */
export function ingressUrls(
  base: { readonly publicUrl: string; readonly fallbackUrl: string | null },
  ingressKey: string,
  carrier: CarrierIngress | undefined,
): IngressUrls {
  const voice = `${base.publicUrl}/voice/${ingressKey}`;
  const agent = `${base.publicUrl}/agent/${ingressKey}`;
  return {
    voiceUrl: carrier?.withDeadlines(voice) ?? voice,
    voiceFallbackUrl: base.fallbackUrl ?? `${voice}/fallback`,
    statusUrl: `${voice}/status`,
    toolUrl: `${agent}/tools`,
    agentEventsUrl: `${agent}/events`,
    llmUrl: `${agent.replace(/^http/, "ws")}/llm/${agentSocketSecret(ingressKey)}`,
  };
}
