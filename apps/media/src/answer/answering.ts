import type { Clock, Secret } from "@tandem/kernel";
import type { Slot } from "@tandem/domain/slot";
import type { CarrierCall, CarrierIngress } from "@tandem/ports/inbound";
import type { CollectedFact } from "@tandem/agent";
import type { Admission, AdmissionRefusal } from "../admission/admission.ts";
import type { CallerMemory } from "../call/caller-memory.ts";
import type { Metrics } from "../node/metrics.ts";
import { type Served, slotRelease } from "../pointer/served.ts";
import type { LiveSession } from "../session/live-session.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import { sessionIdOf } from "../session/session-pin.ts";
import { chooseSlot } from "./choose-slot.ts";
import { type AnswerDecision, decideAnswer } from "./decide.ts";
import type { Documents, PinnedCall } from "./documents.ts";
import type { Trial } from "./trial-tickets.ts";

/** What a ringing call is answered with. */
export interface Answer {
  readonly document: string;
  /** Null when nothing was pinned: the call went on to where it went before attach, or nothing here can answer. */
  readonly session: LiveSession | null;
}

/** Who is called back, and what is known of them. */
export interface CalledLead {
  readonly outboundCallId: string;
  readonly facts: readonly CollectedFact[];
}

interface PinOptions {
  /** Slot of a smoke call; null follows the pointer. */
  readonly trialSlot?: Slot | null;
  /** On calls that we placed. */
  readonly outboundCallId?: string | null;
}

/** Legs on which we ring out for a caller; the same caller arriving again meanwhile is a forwarding loop. */
const OUTWARD_LEGS = new Set(["staff", "human", "fallback", "emergency"]);

/** Answers ringing calls: pins slot, release and generation, and writes the first document. Never waits for the database. */
export class Answering {
  readonly #documents: Documents;
  readonly #sessions: LiveSessions;
  readonly #admission: Admission;
  readonly #memory: CallerMemory;
  readonly #metrics: Metrics;
  readonly #ticketKey: Secret;
  readonly #clock: Clock;

  constructor(options: {
    documents: Documents;
    sessions: LiveSessions;
    admission: Admission;
    memory: CallerMemory;
    metrics: Metrics;
    ticketKey: Secret;
    clock: Clock;
  }) {
    this.#documents = options.documents;
    this.#admission = options.admission;
    this.#memory = options.memory;
    this.#metrics = options.metrics;
    this.#sessions = options.sessions;
    this.#ticketKey = options.ticketKey;
    this.#clock = options.clock;
  }

  /** `trial` names the slot of a smoke call; null for callers. */
  async answer(served: Served, carrier: CarrierIngress, call: CarrierCall, trial: Trial | null): Promise<Answer> {
    const isLooping = this.#isLooping(served, call);
    const session = this.pin(served, call, { trialSlot: trial?.slot ?? null });
    if (session !== null && trial !== null) session.faults = trial.faults;
    const release = session === null ? null : slotRelease(served, session.slot);
    if (session === null || release === null) return { document: this.passOn(served, carrier), session: null };
    const pinned = { served, session, carrier, call, bundle: release.bundle };
    const decision = decideAnswer({
      bundle: release.bundle,
      call,
      isDiverted: session.kind === "live" && served.pointer.mode === "diverted",
      nowMs: this.#clock.now(),
      secondsToday: session.kind === "live" ? this.#secondsToday(session) : 0,
      isLooping,
    });
    const refusal = decision.do === "agent" ? this.#admission.refusalOf(session) : null;
    this.#sessions.record(session, "call-decided", {
      decision: refusal === null ? decision.do : "fallback",
      ...(refusal === null ? {} : { reason: refusal }),
      ...(isLooping ? { isLooping } : {}),
    });
    if (refusal !== null) return { document: this.#overloaded(pinned, refusal), session };
    const document = await this.#documentFor(pinned, decision);
    return { document, session };
  }

  /**
   * A call that we placed has been answered: by a person, who talks to the agent whatever the opening hours, or by a machine. `call` is
   * turned round: from the lead, to us.
   */
  async answerOutbound(served: Served, carrier: CarrierIngress, call: CarrierCall, lead: CalledLead): Promise<string> {
    const session = this.pin(served, call, { outboundCallId: lead.outboundCallId });
    const release = session === null ? null : slotRelease(served, session.slot);
    if (session === null || release === null) return this.#documents.hangUp(carrier.documents);
    const pinned = { served, session, carrier, call, bundle: release.bundle };
    const isMachine = call.answeredBy === "machine";
    const isDiverted = served.pointer.mode === "diverted";
    const refusal = isMachine || isDiverted ? null : this.#admission.refusalOf(session);
    const decision = isMachine ? "voicemail" : isDiverted ? "human" : refusal === null ? "agent" : "fallback";
    this.#sessions.record(session, "call-decided", { decision, ...(refusal === null ? {} : { reason: refusal }) });
    if (!isMachine) this.#memory.noteLead(session, lead.facts);
    if (refusal !== null) return this.#overloaded(pinned, refusal);
    this.#sessions.note(session, { isVoicemail: isMachine, isDiverted });
    if (isMachine) return this.#documents.voicemail(pinned);
    return isDiverted ? this.#documents.human(pinned) : this.#documents.agent(pinned, 1);
  }

  /** Binds the call to slot, release and generation; the same call again keeps what it has. Null when nothing here can take it. */
  pin(
    served: Served,
    call: CarrierCall,
    { trialSlot = null, outboundCallId = null }: PinOptions = {},
  ): LiveSession | null {
    const { tenantId, deploymentId } = served.deployment;
    const sessionId = sessionIdOf(this.#ticketKey, deploymentId, call.callId);
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const slot = trialSlot ?? this.#slotFor(served, call);
    const release = slot === null ? null : slotRelease(served, slot);
    if (slot === null || release === null) return null;
    const pin = {
      tenantId,
      deploymentId,
      sessionId,
      callId: call.callId,
      slot,
      bundleHash: release.bundleHash,
      generation: served.pointer.generation,
      kind: trialSlot === null ? ("live" as const) : ("trial" as const),
      startedAtMs: this.#clock.now(),
      ...(outboundCallId === null ? {} : { direction: "outbound" as const }),
    };
    return this.#sessions.open(pin, call.from, {
      ...(served.pin === null ? {} : { isPinnedByHand: true }),
      ...(outboundCallId === null ? {} : { direction: "outbound", outboundCallId }),
    });
  }

  /** Before the first switch and after detach: where calls went before. */
  passOn(served: Served, carrier: CarrierIngress): string {
    const routing = served.deployment.storedRouting;
    if (served.pointer.active === "none" && routing !== null && routing.voiceUrl !== "") {
      return carrier.documents.redirect({ url: routing.voiceUrl, method: routing.voiceMethod });
    }
    return this.#documents.sorry(carrier.documents);
  }

  #secondsToday(session: LiveSession): number {
    return session.from === null ? 0 : this.#sessions.secondsToday(session.deploymentId, session.from);
  }

  #slotFor(served: Served, call: CarrierCall): Slot | null {
    const caller = call.from ?? call.callId;
    const dropped = this.#sessions.ledger.droppedWithin(served.deployment.deploymentId, caller, this.#clock.now());
    return chooseSlot(served, caller, dropped);
  }

  /** True when we are ringing out for this caller already. */
  #isLooping(served: Served, call: CarrierCall): boolean {
    if (call.from === null) return false;
    return this.#sessions
      .liveOf(served.deployment.deploymentId, call.from)
      .some((session) => session.callId !== call.callId && OUTWARD_LEGS.has(session.facts.openLeg ?? ""));
  }

  /** Better a person at once than an agent that stutters. */
  #overloaded(pinned: PinnedCall, refusal: AdmissionRefusal): string {
    this.#metrics.count("calls_not_admitted", { reason: refusal });
    return this.#documents.fallback(pinned);
  }

  #documentFor(pinned: PinnedCall, decision: AnswerDecision): Promise<string> | string {
    switch (decision.do) {
      case "agent":
        return this.#documents.agent(pinned, 1);
      case "ring-staff":
        return this.#documents.staff(pinned, decision.numbers, decision.ringSeconds);
      case "human":
        this.#sessions.note(pinned.session, { isDiverted: true });
        return this.#documents.human(pinned);
      case "refuse":
        this.#sessions.note(pinned.session, { isRefused: true });
        return this.#documents.refusal(pinned);
    }
  }
}
