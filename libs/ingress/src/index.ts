export { createIngressProbe, type IngressProbeOptions, type LoadedCredential } from "./ingress-probe.ts";
