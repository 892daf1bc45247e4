export { createIngressProbe } from "./ingress-probe.ts";
export type { IngressProbeOptions, LoadedCredential } from "./trial-signer.ts";
