import type { Secret } from "@tandem/kernel";
import { type LegToken, signLeg } from "../session/session-pin.ts";

/** Our own addresses as vendors see them. */
export interface IngressAddress {
  action(ingressKey: string, leg: LegToken): string;
  /** Where a call in progress is sent to reach a person. */
  handOff(ingressKey: string, leg: LegToken): string;
  hangUp(ingressKey: string, leg: LegToken): string;
  /** Where the carrier opens the audio stream of a call: this very node. */
  stream(ingressKey: string): string;
}

/** `streamUrl` is the origin of this node's own streams (`ws://…` or `wss://…`). */
export function ingressAddress(publicUrl: string, streamUrl: string, key: Secret): IngressAddress {
  const at = (route: string) => (ingressKey: string, leg: LegToken) =>
    `${publicUrl}/voice/${ingressKey}/${route}?token=${signLeg(key, leg)}`;
  return {
    action: at("action"),
    handOff: at("hand-off"),
    hangUp: at("hang-up"),
    stream: (ingressKey) => `${streamUrl}/stream/${ingressKey}`,
  };
}
