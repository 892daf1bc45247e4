import type { Secret } from "@tandem/kernel";
import { openTicket, sealTicket } from "@tandem/secrets";
import { lastInstantOf, type SessionPin } from "../session/session-pin.ts";

/** About half a minute of speech: the caller hears it ring meanwhile. */
const MOST_CHARACTERS = 500;

/** What a person is told of a call before they are connected, for a URL in which the carrier cannot read it: any node may be asked for it. */
export const sealBriefing = (key: Secret, pin: SessionPin, text: string): string =>
  sealTicket(key, "briefing", { session: pin.sessionId, text: cutShort(text) }, lastInstantOf(pin));

/** The text of a genuine briefing of this very call; null for everything else. */
export function openBriefing(key: Secret, pin: SessionPin, sealed: string, nowMs: number): string | null {
  const content = openTicket(key, "briefing", sealed, nowMs) as { session: string; text: string } | undefined;
  return content?.session === pin.sessionId ? content.text : null;
}

/** Whole words only. */
function cutShort(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, MOST_CHARACTERS).replace(/\s+\S*$/, "")} …`;
}
