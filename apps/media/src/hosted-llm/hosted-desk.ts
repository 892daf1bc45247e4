import type { ConversationEngine, HandOffTarget } from "@tandem/agent";
import { redactText } from "@tandem/domain/session";
import { CallRecords } from "../call/call-records.ts";
import { type CallDeskOptions, personalValuesOf } from "../call/call-desk.ts";
import { callTools } from "../call/call-tools.ts";
import type { OpenModels } from "../node/own-engine.ts";
import { failureLine } from "../pipeline/fixed-lines.ts";
import { type Served, slotRelease } from "../pointer/served.ts";
import type { StreamEnd } from "../session/live-session.ts";
import { isAgentHeld, readStamp } from "../session/session-pin.ts";
import type { Secret } from "@tandem/kernel";
import type { RedirectedCall } from "../tool-host/call-redirects.ts";
import type { AgentFrame, ResponsePiece } from "./agent-frame.ts";
import type { AgentCloseReason, AgentSocket, HostedCall } from "./agent-socket.ts";
import { HostedConversation } from "./hosted-conversation.ts";
import { TurnTally } from "./turn-tally.ts";

export interface HostedDeskOptions extends Omit<CallDeskOptions, "makePipeline" | "recordings"> {
  readonly openModels: OpenModels;
  readonly ticketKey: Secret;
}

type Details = Extract<AgentFrame, { type: "call-details" }>;

/** What is kept of a hosted call while its socket is open. */
interface HostedNotes {
  readonly call: RedirectedCall;
  readonly engine: ConversationEngine;
  readonly records: CallRecords;
  readonly tally: TurnTally;
  /** How we ended it; null while it goes on. */
  end: StreamEnd | null;
  /** What follows when the agent has finished speaking. */
  afterSpeech: (() => void) | null;
}

/** The vendor tells when its agent has finished; should it not, this is how long speech takes, milliseconds. */
const speechMs = (text: string): number => 1500 + text.length * 80;

/** Where calls of hosted agents meet our conversation engine: the same one as on our own audio, with the release that the call's stamp pins. */
export class HostedDesk {
  readonly #options: HostedDeskOptions;
  readonly #sockets = new Map<string, AgentSocket>();

  constructor(options: HostedDeskOptions) {
    this.#options = options;
  }

  /** Opens the call that the vendor's details name; the newest socket of a call is the one that counts. */
  open(served: Served, details: Details, socket: AgentSocket): HostedCall | AgentCloseReason {
    const { sessions, ticketKey, clock } = this.#options;
    const pin = readStamp(ticketKey, details.metadata["tandem_stamp"] ?? "", clock.now());
    if (pin === null || pin.deploymentId !== served.deployment.deploymentId) return "refused";
    const session = sessions.adopt(pin, null);
    session.agentCallId ??= details.callId;
    if (session.agentCallId !== details.callId) return "refused";
    const release = slotRelease(served, pin.slot);
    if (session.endedAtMs !== null || release === null || release.bundleHash !== pin.bundleHash) return "gone";
    if (release.bundle.agent.kind !== "custom-llm") return "gone";
    const former = this.#sockets.get(session.sessionId);
    this.#sockets.set(session.sessionId, socket);
    former?.close("superseded");
    return this.#begin({ served, session, bundle: release.bundle }, details, socket);
  }

  #begin(call: RedirectedCall, details: Details, socket: AgentSocket): HostedCall {
    const { traces } = this.#options;
    const { session } = call;
    const { notes, isResumed } = this.#notesOf(call);
    const { engine, records } = notes;
    traces.open(session, () => engine.state.facts);
    records.started({ agentCallId: details.callId, isResumed: isResumed || details.hasBegun });
    const conversation = this.#converse(notes, socket);
    if (!isResumed && !details.hasBegun) conversation.open();
    return {
      respond: (responseId, transcript) => conversation.respond(responseId, transcript),
      remind: (responseId, transcript) => conversation.remind(responseId, transcript),
      agentEnded: () => this.#agentEnded(notes),
      closed: (isClean) => {
        conversation.close();
        this.#closed(notes, socket, isClean);
      },
    };
  }

  #notesOf(call: RedirectedCall): { readonly notes: HostedNotes; readonly isResumed: boolean } {
    const { converse, openModels, accounts, tools, clock, memory } = this.#options;
    const { served, session, bundle } = call;
    const tally = new TurnTally();
    const records = this.#recordsOf(call, () => notes.engine);
    const models = openModels({
      bundle,
      faults: session.faults,
      openProvider: (provider) => accounts.open(served, bundle, provider),
      onServed: (provider) => tally.served(provider),
      onFailover: () => tally.failedOver(),
      onProviderFailed: (failed) => records.providerFailed(failed),
      onBreakerOpened: (opened) => records.breakerOpened(opened),
    });
    const recalled = memory.recall(session);
    const engine = converse({
      bundle,
      session,
      models,
      tools: callTools({ tools, served, session, bundle, faults: session.faults, clock }),
      clock,
      ...recalled,
      onEvent: (event) => {
        tally.event(event);
        records.event(event);
      },
    });
    const notes: HostedNotes = { call, engine, records, tally, end: null, afterSpeech: null };
    return { notes, isResumed: recalled.resumed !== null };
  }

  #recordsOf({ session, bundle }: RedirectedCall, engine: () => ConversationEngine): CallRecords {
    const { sessions, metrics, traces, clock } = this.#options;
    const personal = new Set(bundle.conversation.fields.filter((field) => field.personal).map(({ name }) => name));
    return new CallRecords({
      channel: "agent-socket",
      sessions,
      metrics,
      traces,
      session,
      bundle,
      attempt: 1,
      startedMs: clock.monotonicMs(),
      personalValues: () => personalValuesOf(engine().state.facts, personal),
    });
  }

  #converse(notes: HostedNotes, socket: AgentSocket): HostedConversation {
    const { memory } = this.#options;
    const { call, engine, records, tally } = notes;
    return new HostedConversation({
      engine,
      send: (piece) => socket.send(piece),
      failureLine: failureLine(call.bundle),
      patienceMs: call.bundle.latency.endToEndMs,
      onTurn: (turn) => {
        records.turn(tally.take(turn, engine.state.objective));
        memory.note(call.session, engine.state);
      },
      onOutcome: (outcome, say) => {
        if (outcome.next === "listen") return say({});
        if (outcome.next === "hang-up") {
          notes.end = "hang-up";
          return say({ endsCall: true });
        }
        const to = outcome.next === "hand-off" ? outcome.to : "human";
        const summary = outcome.next === "hand-off" ? outcome.summary : engine.summary();
        this.#handOff(notes, { to, summary }, say);
      },
    });
  }

  /** At the carrier, on the parent call, once the agent has finished speaking; numbers that the vendor holds only it can transfer. */
  #handOff(
    notes: HostedNotes,
    { to, summary }: { readonly to: HandOffTarget; readonly summary: string },
    say: (last: Partial<ResponsePiece>) => void,
  ): void {
    const { sessions, redirects, log } = this.#options;
    const { session, bundle } = notes.call;
    const { number, message } = to === "human" ? bundle.humanPath : bundle.emergency;
    const values = notes.engine.state.facts.map(({ value }) => String(value));
    notes.end = "hand-off";
    session.briefing = summary;
    sessions.note(session, { handedOffTo: to });
    sessions.record(session, "handed-off", {
      to,
      summary: redactText(summary, bundle.policies.redaction.kinds, values),
    });
    if (isAgentHeld(session)) return say({ transferTo: number });
    if (session.kind === "trial") return say({ endsCall: true });
    say({});
    notes.afterSpeech = () => {
      notes.afterSpeech = null;
      redirects.handOff(notes.call, to).catch((error: unknown) => {
        log.error({ err: error, sessionId: session.sessionId }, "the carrier did not hand a call over");
      });
    };
    setTimeout(() => notes.afterSpeech?.(), speechMs(message)).unref();
  }

  #agentEnded({ afterSpeech }: HostedNotes): void {
    afterSpeech?.();
  }

  #closed({ call, engine, records, end }: HostedNotes, socket: AgentSocket, isClean: boolean): void {
    const { memory, sessions, clock } = this.#options;
    const { session, bundle } = call;
    if (this.#sockets.get(session.sessionId) === socket) this.#sockets.delete(session.sessionId);
    const how: StreamEnd = end ?? (isClean ? "caller-gone" : "lost");
    records.ended(how, isClean ? "ended" : "dropped", clock.monotonicMs());
    // The vendor may dial again in mid-call: where it stands is kept for that.
    const days = bundle.policies.memory?.days ?? 0;
    memory.settle(session, engine.state, { isDropped: end === null, days });
    if (session.kind === "trial" && end !== null) sessions.end(session, clock.now());
  }
}
