import { base32hex, hmacSha256 } from "@tandem/kernel";
import type { Slot } from "./pointer.ts";

/** Which owner a key belongs to: with the address it names exactly one vendor object. */
export type KeyScope =
  | { readonly owner: "slot"; readonly tenantId: string; readonly deploymentId: string; readonly slot: Slot }
  | { readonly owner: "deployment"; readonly tenantId: string; readonly deploymentId: string }
  | { readonly owner: "connection"; readonly tenantId: string; readonly connectionId: string };

/**
 * The deterministic key by which we find our own objects at a vendor again (ruling 26): 26 lower-case base32hex characters
 * (130 bits of an HMAC under the installation's key). Carries no name and no release, so a crashed step can recompute it.
 */
export function externalKey(installKey: string, scope: KeyScope, address: string): string {
  const parts = [
    scope.owner,
    scope.tenantId,
    scope.owner === "connection" ? scope.connectionId : scope.deploymentId,
    scope.owner === "slot" ? scope.slot : "",
    address,
  ];
  return keptKey(installKey, parts.join("\n"));
}

const MOST_KEPT = 2000;

/** The last keys that were made under one installation's key: every look at a deployment asks for the same ones. */
let kept: { readonly installKey: string; readonly keys: Map<string, string> } | undefined;

function keptKey(installKey: string, named: string): string {
  if (kept?.installKey !== installKey || kept.keys.size >= MOST_KEPT) kept = { installKey, keys: new Map() };
  const known = kept.keys.get(named) ?? base32hex(hmacSha256(installKey, named)).slice(0, 26);
  kept.keys.set(named, known);
  return known;
}
