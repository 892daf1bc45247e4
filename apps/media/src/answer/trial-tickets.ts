import type { Secret } from "@tandem/kernel";
import { Slot } from "@tandem/domain/slot";
import { verifyTicket } from "@tandem/secrets";
import type { CallFault } from "../pipeline/call-line.ts";
import type { Served } from "../pointer/served.ts";
import { callFaults } from "../stream/stream-ticket.ts";

const LONGEST_MS = 60_000;

/** What a trial ticket asks for. */
export interface Trial {
  readonly slot: Slot;
  /** From the ticket's `faults`, comma-separated names. */
  readonly faults: readonly CallFault[];
}

/**
 * Lets a trial call in: a signed, single-use ticket of at most 60 s that names one deployment and the slot to try, the inactive one for
 * a smoke test, the active one for a check during bake. A trial call never counts as live.
 */
export class TrialTickets {
  readonly #key: Secret;
  readonly #now: () => number;
  readonly #used = new Map<string, number>();

  constructor(key: Secret, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  /** The slot to try, with the faults that the call shall have; null for a ticket that is forged, late, used, or for another deployment. */
  redeem(ticket: string, served: Served): Trial | null {
    const nowMs = this.#now();
    const claims = verifyTicket(this.#key, "trial", ticket, nowMs);
    const slot = Slot.safeParse(claims?.["slot"]);
    if (claims === null || !slot.success) return null;
    const id = String(claims["id"]);
    const issuedAtMs = Number(claims["issuedAtMs"]);
    if (!(nowMs - issuedAtMs <= LONGEST_MS) || this.#used.has(id)) return null;
    const { tenantId, deploymentId } = served.deployment;
    if (claims["tenantId"] !== tenantId || claims["deploymentId"] !== deploymentId) return null;
    this.#remember(id, nowMs);
    return { slot: slot.data, faults: callFaults(String(claims["faults"] ?? "").split(",")) };
  }

  #remember(id: string, nowMs: number): void {
    for (const [used, atMs] of this.#used) if (nowMs - atMs > 2 * LONGEST_MS) this.#used.delete(used);
    this.#used.set(id, nowMs);
  }
}
