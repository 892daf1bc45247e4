import { createHmac } from "node:crypto";
import type { Secret } from "@tandem/kernel";
import { Slot } from "@tandem/domain/slot";
import { signTicket, type TicketClaims, verifyTicket } from "@tandem/secrets";

/** What a call was bound to at answer. Nothing changes it until hang-up; it travels signed in URLs and call metadata. */
export interface SessionPin {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly sessionId: string;
  /** The carrier's call id; the agent vendor's for numbers that it holds. */
  readonly callId: string;
  readonly slot: Slot;
  readonly bundleHash: string;
  readonly generation: number;
  readonly kind: "live" | "trial";
  /** On calls that we placed; absent on those we were called on. */
  readonly direction?: "outbound";
  /** On trial calls that a person makes from a browser, and no machine; absent on all others. */
  readonly isTalk?: true;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/** Who a dialled leg goes to; `stream` is our own engine on the carrier's audio. */
export type LegKind = "staff" | "agent" | "stream" | "human" | "emergency" | "fallback";

/** What the carrier brings back when a leg has ended. */
export interface LegToken extends SessionPin {
  readonly leg: LegKind;
  /** How many agent legs this call has had, this one included. */
  readonly attempt: number;
}

/** Carriers end a call after four hours at most. */
export const LONGEST_CALL_MS = 4 * 3_600_000;
const TOKEN_SLACK_MS = 3_600_000;

/** The same call always gives the same session, on every node and after every restart. */
export function sessionIdOf(key: Secret, deploymentId: string, callId: string): string {
  const digest = createHmac("sha256", `session\n${key.reveal()}`).update(`${deploymentId}\n${callId}`).digest("hex");
  const variant = ((Number.parseInt(digest[16] ?? "0", 16) & 3) | 8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** Stamp for the agent vendor's call metadata. */
export const signStamp = (key: Secret, pin: SessionPin): string =>
  signTicket(key, "agent", pinClaims(pin), lastInstantOf(pin));

export const readStamp = (key: Secret, stamp: string, nowMs: number): SessionPin | null =>
  pinFrom(verifyTicket(key, "agent", stamp, nowMs));

/** Token for the carrier's action URL. */
export const signLeg = (key: Secret, leg: LegToken): string =>
  signTicket(key, "call", { ...pinClaims(leg), l: leg.leg, n: leg.attempt }, lastInstantOf(leg));

export function readLeg(key: Secret, token: string, nowMs: number): LegToken | null {
  const claims = verifyTicket(key, "call", token, nowMs);
  const pin = pinFrom(claims);
  return pin === null || claims === null
    ? null
    : { ...pin, leg: String(claims["l"]) as LegKind, attempt: Number(claims["n"]) };
}

/** Until when what was signed for a call is good, epoch milliseconds. */
export const lastInstantOf = (pin: SessionPin): number => pin.startedAtMs + LONGEST_CALL_MS + TOKEN_SLACK_MS;

/** A pin as members of a ticket. */
export const pinClaims = (pin: SessionPin): TicketClaims => ({
  t: pin.tenantId,
  d: pin.deploymentId,
  s: pin.sessionId,
  c: pin.callId,
  o: pin.slot,
  r: pin.bundleHash,
  g: pin.generation,
  k: pin.kind,
  a: pin.startedAtMs,
  ...(pin.direction === undefined ? {} : { w: pin.direction }),
  ...(pin.isTalk === undefined ? {} : { p: "talk" }),
});

/** The pin that a genuine ticket's members tell; null without a ticket. */
export const pinFrom = (claims: TicketClaims | null): SessionPin | null =>
  claims === null
    ? null
    : {
        tenantId: String(claims["t"]),
        deploymentId: String(claims["d"]),
        sessionId: String(claims["s"]),
        callId: String(claims["c"]),
        slot: Slot.parse(claims["o"]),
        bundleHash: String(claims["r"]),
        generation: Number(claims["g"]),
        kind: claims["k"] === "trial" ? "trial" : "live",
        startedAtMs: Number(claims["a"]),
        ...(claims["w"] === "outbound" ? { direction: "outbound" as const } : {}),
        ...(claims["p"] === "talk" ? { isTalk: true as const } : {}),
      };

/** Begins the call id of calls to numbers that the agent vendor holds: no carrier reports their end to us. */
export const AGENT_HELD = "held-";

export const isAgentHeld = (pin: Pick<SessionPin, "callId">): boolean => pin.callId.startsWith(AGENT_HELD);
