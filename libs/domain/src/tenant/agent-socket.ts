import { base32hex, hmacSha256 } from "@tandem/kernel";

/**
 * The last part of the address `/agent/<ingressKey>/llm/<secret>` that a hosted agent dials: 26 lower-case base32hex characters. API,
 * worker and media make it from the deployment's ingress key, which is random and known to nobody but its vendors. It keeps strangers
 * off the socket cheaply; what a socket may do is decided by the signed stamp in its call's metadata.
 */
export const agentSocketSecret = (ingressKey: string): string =>
  base32hex(hmacSha256(ingressKey, "agent-socket")).slice(0, 26);
