import type { Secret } from "@tandem/kernel";
import { type LegToken, signLeg } from "../session/session-pin.ts";

/** Our own addresses as vendors see them. */
export interface IngressAddress {
  action(ingressKey: string, leg: LegToken): string;
  /** Where a call in progress is sent to reach a person. */
  handOff(ingressKey: string, leg: LegToken): string;
  hangUp(ingressKey: string, leg: LegToken): string;
}

export function ingressAddress(publicUrl: string, key: Secret): IngressAddress {
  const at = (route: string) => (ingressKey: string, leg: LegToken) =>
    `${publicUrl}/voice/${ingressKey}/${route}?token=${signLeg(key, leg)}`;
  return { action: at("action"), handOff: at("hand-off"), hangUp: at("hang-up") };
}
