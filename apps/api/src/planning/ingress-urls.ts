import type { IngressUrls } from "@tandem/domain/release";

/**
 * Connection overrides in the fragment of a carrier's URL: connect 1 s, read 3 s, in all 5 s, one retry. Without them the carrier
 * waits 10–15 s for a dead node before it takes the fallback (ruling 34). Carriers that do not know them ignore the fragment.
 */
const CARRIER_DEADLINES = "#ct=1000&rt=3000&tt=5000&rc=1";

/** The public addresses of a deployment's ingress. */
export function ingressUrls(base: { publicUrl: string; fallbackUrl: string | null }, ingressKey: string): IngressUrls {
  const voice = `${base.publicUrl}/voice/${ingressKey}`;
  const agent = `${base.publicUrl}/agent/${ingressKey}`;
  return {
    voiceUrl: `${voice}${CARRIER_DEADLINES}`,
    voiceFallbackUrl: base.fallbackUrl ?? `${voice}/fallback`,
    statusUrl: `${voice}/status`,
    toolUrl: `${agent}/tools`,
    agentEventsUrl: `${agent}/events`,
  };
}
