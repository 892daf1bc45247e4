import { randomBytes } from "node:crypto";
import type { Secret } from "@tandem/kernel";
import { signTicket, verifyTicket } from "@tandem/secrets";
import type { CallFault } from "../pipeline/call-line.ts";
import { pinClaims, pinFrom, type SessionPin } from "../session/session-pin.ts";

/** How long a ticket is good: the carrier opens the stream within a second or two of our document. */
export const TICKET_LIFE_MS = 60_000;

/** What a stream ticket lets in: one stream of one pinned call, on the node that answered it. */
export interface StreamTicket {
  /** Names this ticket among all: it is good once. */
  readonly id: string;
  readonly node: string;
  readonly pin: SessionPin;
  /** How many agent legs this call has had, this one included. */
  readonly attempt: number;
  readonly faults: readonly CallFault[];
}

const FAULTS: readonly CallFault[] = ["stt-outage", "llm-outage", "tts-outage", "slow-tool"];

/** Those of the names that are faults a trial call may carry. */
export const callFaults = (names: readonly string[]): readonly CallFault[] =>
  FAULTS.filter((fault) => names.includes(fault));

export function signStreamTicket(key: Secret, ticket: Omit<StreamTicket, "id">, nowMs: number): string {
  const claims = {
    ...pinClaims(ticket.pin),
    i: randomBytes(12).toString("base64url"),
    n: ticket.node,
    m: ticket.attempt,
    f: ticket.faults.join(","),
  };
  return signTicket(key, "stream", claims, nowMs + TICKET_LIFE_MS);
}

/** The ticket when it is genuine and in time; null otherwise. Whether it was used is `UsedTickets`' to know. */
export function readStreamTicket(key: Secret, text: string, nowMs: number): StreamTicket | null {
  const claims = verifyTicket(key, "stream", text, nowMs);
  const pin = pinFrom(claims);
  if (claims === null || pin === null) return null;
  return {
    id: String(claims["i"]),
    node: String(claims["n"]),
    pin,
    attempt: Number(claims["m"]),
    faults: pin.kind === "trial" ? callFaults(String(claims["f"]).split(",")) : [],
  };
}

/** Tickets that were presented, kept until none of them could be good any more. */
export class UsedTickets {
  #current = new Set<string>();
  #previous = new Set<string>();
  #turnsAtMs = 0;

  /** True the first time a ticket is presented, false ever after. */
  use(id: string, nowMs: number): boolean {
    if (nowMs >= this.#turnsAtMs) {
      this.#previous = nowMs < this.#turnsAtMs + TICKET_LIFE_MS ? this.#current : new Set();
      this.#current = new Set();
      this.#turnsAtMs = nowMs + TICKET_LIFE_MS;
    }
    if (this.#current.has(id) || this.#previous.has(id)) return false;
    this.#current.add(id);
    return true;
  }
}
