import type { Clock, Secret } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { CarrierStreamStart } from "@tandem/ports/carrier-stream";
import type { CallFault } from "../pipeline/call-line.ts";
import { type Served, slotRelease } from "../pointer/served.ts";
import type { LiveSession } from "../session/live-session.ts";
import type { SessionPin } from "../session/session-pin.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import type { StreamCloseReason } from "./stream-close.ts";
import { readStreamTicket, type UsedTickets } from "./stream-ticket.ts";

/** What decides whether a stream may start. */
export interface StartRules {
  readonly node: string;
  readonly ticketKey: Secret;
  readonly clock: Clock;
  readonly sessions: LiveSessions;
  readonly used: UsedTickets;
}

/** A stream of a pinned call whose ticket was good. */
export interface StartedStream {
  readonly served: Served;
  readonly session: LiveSession;
  readonly bundle: ReleaseBundle;
  readonly attempt: number;
  readonly faults: readonly CallFault[];
  readonly start: CarrierStreamStart;
}

/** As the carrier adapters name it. */
const ENCODING = "mulaw";
const SAMPLE_RATE_HZ = 8000;

/** Redeems the ticket of a start frame: everything it claims must hold, and nothing else about the call is believed. */
export function acceptStart(
  rules: StartRules,
  served: Served,
  start: CarrierStreamStart,
): StartedStream | Extract<StreamCloseReason, "refused" | "gone" | "format"> {
  const nowMs = rules.clock.now();
  const ticket = readStreamTicket(rules.ticketKey, start.parameters["ticket"] ?? "", nowMs);
  if (ticket === null || ticket.node !== rules.node || !rules.used.use(ticket.id, nowMs)) return "refused";
  const { pin, attempt, faults } = ticket;
  if (pin.deploymentId !== served.deployment.deploymentId || pin.callId !== start.callId) return "refused";
  const session = sessionOf(rules, pin);
  if (attempt <= session.facts.streamAttempt) return "refused";
  const release = slotRelease(served, pin.slot);
  if (session.endedAtMs !== null || release === null || release.bundleHash !== pin.bundleHash) return "gone";
  if (release.bundle.agent.kind !== "tandem") return "gone";
  if (start.encoding !== ENCODING || start.sampleRateHz !== SAMPLE_RATE_HZ) return "format";
  return { served, session, bundle: release.bundle, attempt, faults, start };
}

/** A trial call that no carrier announced (a person at a browser) is opened by its ticket. */
const sessionOf = ({ sessions }: StartRules, pin: SessionPin): LiveSession =>
  sessions.get(pin.sessionId) ?? (pin.kind === "trial" ? sessions.open(pin, null, {}) : sessions.adopt(pin, null));
