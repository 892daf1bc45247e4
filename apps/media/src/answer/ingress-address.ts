import type { Secret } from "@tandem/kernel";
import { type LegToken, signLeg } from "../session/session-pin.ts";
import { sealBriefing } from "./briefing.ts";

/** Our own addresses as vendors see them. */
export interface IngressAddress {
  action(ingressKey: string, leg: LegToken): string;
  /** Where a call in progress is sent to reach a person. `briefing`: what they are told of it first; null: nothing. */
  handOff(ingressKey: string, leg: LegToken, briefing: string | null): string;
  /** Asked when that person has answered. */
  whisper(ingressKey: string, leg: LegToken, briefing: string): string;
  hangUp(ingressKey: string, leg: LegToken): string;
  /** Where the carrier opens the audio stream of a call: this very node. */
  stream(ingressKey: string): string;
}

/** `streamUrl` is the origin of this node's own streams (`ws://…` or `wss://…`). */
export function ingressAddress(publicUrl: string, streamUrl: string, key: Secret): IngressAddress {
  const at = (route: string) => (ingressKey: string, leg: LegToken) =>
    `${publicUrl}/voice/${ingressKey}/${route}?token=${signLeg(key, leg)}`;
  const briefed = (url: string, leg: LegToken, briefing: string) =>
    `${url}&briefing=${sealBriefing(key, leg, briefing)}`;
  const handOff = at("hand-off");
  const whisper = at("whisper");
  return {
    action: at("action"),
    handOff: (ingressKey, leg, briefing) => {
      const url = handOff(ingressKey, leg);
      return briefing === null ? url : briefed(url, leg, briefing);
    },
    whisper: (ingressKey, leg, briefing) => briefed(whisper(ingressKey, leg), leg, briefing),
    hangUp: at("hang-up"),
    stream: (ingressKey) => `${streamUrl}/stream/${ingressKey}`,
  };
}
