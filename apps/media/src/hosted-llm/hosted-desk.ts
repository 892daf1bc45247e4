import type { CollectedFact, ConversationEngine, HandOffTarget } from "@tandem/agent";
import { redactText } from "@tandem/domain/session";
import { CallRecords } from "../call/call-records.ts";
import { type CallDeskOptions, personalValuesOf } from "../call/call-desk.ts";
import { callTools } from "../call/call-tools.ts";
import type { Recalled } from "../call/caller-memory.ts";
import type { OpenModels } from "../node/own-engine.ts";
import { failureLine } from "../pipeline/fixed-lines.ts";
import { type Served, slotRelease } from "../pointer/served.ts";
import type { StreamEnd } from "../session/live-session.ts";
import { isAgentHeld, readStamp } from "../session/session-pin.ts";
import type { Secret } from "@tandem/kernel";
import type { RedirectedCall } from "../tool-host/call-redirects.ts";
import type { AgentFrame, ResponsePiece, Utterance } from "./agent-frame.ts";
import type { AgentCloseReason, AgentSocket, HostedCall } from "./agent-socket.ts";
import { HostedConversation } from "./hosted-conversation.ts";
import { takenUp } from "./taken-up.ts";
import { TurnTally } from "./turn-tally.ts";

export interface HostedDeskOptions extends Omit<CallDeskOptions, "makePipeline" | "recordings"> {
  readonly openModels: OpenModels;
  readonly ticketKey: Secret;
}

type Details = Extract<AgentFrame, { type: "call-details" }>;

/** What is kept of a hosted call while its socket is open. */
interface HostedNotes {
  readonly call: RedirectedCall;
  readonly records: CallRecords;
  readonly tally: TurnTally;
  /** What this node knew of it before. */
  readonly recalled: Recalled;
  /** Null until the conversation has begun here: one that goes on waits for the vendor's transcript. */
  engine: ConversationEngine | null;
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
    const notes = this.#notesOf(call);
    const isResumed = details.hasBegun || notes.recalled.resumed !== null;
    traces.open(call.session, () => factsOf(notes));
    notes.records.started({ agentCallId: details.callId, isResumed });
    let begun: HostedConversation | null = null;
    const conversation = (transcript: readonly Utterance[]) => (begun ??= this.#converse(notes, transcript, socket));
    if (!isResumed) conversation([]).open();
    return {
      respond: (responseId, transcript) => conversation(transcript).respond(responseId, transcript),
      remind: (responseId, transcript) => conversation(transcript).remind(responseId, transcript),
      agentEnded: () => this.#agentEnded(notes),
      closed: (isClean) => {
        begun?.close();
        this.#closed(notes, socket, isClean);
      },
    };
  }

  #notesOf(call: RedirectedCall): HostedNotes {
    const notes: HostedNotes = {
      call,
      records: this.#recordsOf(call, () => factsOf(notes)),
      tally: new TurnTally(),
      recalled: this.#options.memory.recall(call.session),
      engine: null,
      end: null,
      afterSpeech: null,
    };
    return notes;
  }

  /** The conversation as the release has it, from its beginning or from where the call is by now. */
  #engineOf(notes: HostedNotes, transcript: readonly Utterance[]): ConversationEngine {
    const { converse, openModels, accounts, tools, clock } = this.#options;
    const { tally, records, recalled } = notes;
    const { served, session, bundle } = notes.call;
    const models = openModels({
      bundle,
      faults: session.faults,
      openProvider: (provider) => accounts.open(served, bundle, provider),
      onServed: (provider, model) => tally.served(provider, model),
      onFailover: () => tally.failedOver(),
      onProviderFailed: (failed) => records.providerFailed(failed),
      onBreakerOpened: (opened) => records.breakerOpened(opened),
    });
    const { resumed: known, remembered } = recalled;
    return converse({
      bundle,
      session,
      models,
      tools: callTools({ tools, served, session, bundle, faults: session.faults, clock }),
      clock,
      remembered,
      resumed: takenUp({ bundle, from: session.from, known, transcript, nowMs: clock.now() }),
      onEvent: (event) => {
        tally.event(event);
        records.event(event);
      },
    });
  }

  #recordsOf({ session, bundle }: RedirectedCall, facts: () => readonly CollectedFact[]): CallRecords {
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
      personalValues: () => personalValuesOf(facts(), personal),
    });
  }

  #converse(notes: HostedNotes, transcript: readonly Utterance[], socket: AgentSocket): HostedConversation {
    const { memory } = this.#options;
    const { call, records, tally } = notes;
    const engine = this.#engineOf(notes, transcript);
    notes.engine = engine;
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
    const values = factsOf(notes).map(({ value }) => String(value));
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
    memory.settle(session, engine?.state ?? null, { isDropped: end === null, days });
    if (session.kind === "trial" && end !== null) sessions.end(session, clock.now());
  }
}

const factsOf = ({ engine }: HostedNotes): readonly CollectedFact[] => engine?.state.facts ?? [];
